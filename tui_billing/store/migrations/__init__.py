"""How a database of an earlier version gets today's tables: one revision for each version, carried out by Alembic."""
