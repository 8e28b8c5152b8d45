"""The database: tables, engine, and every query."""
