"""Values in, messages out: what the screens are made of; nothing here knows a database."""
