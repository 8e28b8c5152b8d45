"""The gear menu, the dialogs, help and lock."""
