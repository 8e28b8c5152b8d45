"""What `check` asks: by the name of a figure, SQL that finds where it is wrong; subject, stored and recomputed."""
