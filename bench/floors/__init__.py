"""Floors: small programs that do next to nothing, in the way the desk does it."""
