"""The terminal: quiet from the first milliseconds, painted in few bytes, given back however the desk ends."""
