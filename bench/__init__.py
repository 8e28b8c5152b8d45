"""Measures the desk from outside, in a pseudo-terminal, beside what Python, Textual and SQLite take themselves."""
