"""The use cases, one module per noun; permissions are checked here."""
