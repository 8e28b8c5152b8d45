"""Demo data: believable accounts with two years of history, made by the rules of the book."""
