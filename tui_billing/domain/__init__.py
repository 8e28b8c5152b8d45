"""The rules of the money; the standard library alone."""
