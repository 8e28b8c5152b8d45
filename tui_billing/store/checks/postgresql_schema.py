"""What our tables on a PostgreSQL server are made of, and what new ones are, in the server's own words."""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Constraint,
    Dialect,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
)

from tui_billing.store.account_index import PAIRS_NAME
from tui_billing.store.checks.likeness import Made
from tui_billing.store.schema import SCHEMA_NAME, TABLES, TRIGGERS
from tui_billing.store.schema_version import MARKER
from tui_billing.store.triggers import search_path, triggers_on

OURS = ", ".join(f"'{table.name}'" for table in TABLES)
# The one of `pg_trgm` is not on every server.
INDEXES = {index.name: table.name for table in TABLES for index in table.indexes} | {PAIRS_NAME: "account"}
INDEX_NAMES = ", ".join(f"'{name}'" for name in INDEXES)
HERE = "relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND relname"
OF_OURS = f"{HERE} IN ({OURS})"
# A trigger that somebody has switched off is there no longer; those of references are named only then.
STATEMENTS = (
    f"""
    SELECT 'table ' || relname, concat_ws(' ', relkind, relpersistence, relrowsecurity)
    FROM pg_class WHERE {OF_OURS}""",
    f"""
    SELECT 'table ' || inhrelid::regclass || ' as a part of ' || relname, ''
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhparent WHERE {OF_OURS}""",
    f"""
    SELECT 'column ' || relname || '.' || attname, concat_ws(' ', format_type(atttypid, atttypmod), collname,
        CASE WHEN attnotnull THEN 'NOT NULL' END, attidentity, attgenerated, pg_get_expr(adbin, adrelid))
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    LEFT JOIN pg_collation ON pg_collation.oid = attcollation
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE {OF_OURS} AND attnum > 0 AND NOT attisdropped""",
    f"""
    SELECT 'constraint on ' || relname || ': ' || pg_get_constraintdef(pg_constraint.oid), ''
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE {OF_OURS} AND contype IN ('c', 'f', 'p', 'u', 'x')""",
    f"""
    SELECT 'index ' || indexname, tablename FROM pg_indexes
    WHERE schemaname = current_schema() AND indexname IN ({INDEX_NAMES})""",
    f"""
    SELECT 'rule ' || rulename || ' on ' || relname, '' FROM pg_rewrite
    JOIN pg_class ON pg_class.oid = ev_class WHERE {HERE} IN ({OURS}, '{MARKER}')""",
)
TRIGGERS_MADE = f"""
    SELECT 'trigger ' || tgname, concat_ws(' ', replace(pg_get_triggerdef(pg_trigger.oid, true), '"', ''),
        CASE WHEN tgenabled IN ('O', 'A') THEN 'enabled' END, lanname, array_to_string(proconfig, ' '), prosrc)
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_language ON pg_language.oid = prolang
    WHERE {HERE} IN ({OURS}, '{MARKER}') AND (NOT tgisinternal OR tgenabled NOT IN ('O', 'A'))"""
# What the server adds to a condition, and drops from it.
CASTS = re.compile(r"::(text|character varying|regclass)(\[\])?")
SPACES = re.compile(r"[\s()]+")
AROUND = re.compile(r" ?([,\[\]]) ?")
# How the server puts what we have said otherwise.
IN_SERVERS_WORDS = (
    (re.compile(r"('\w+') IN \((\w+), (\w+)\)"), r"\1 = \2 OR \1 = \3"),
    (re.compile(r"(\w+) IN \(('[^()]*')\)"), r"\1 = ANY ARRAY[\2]"),
    (re.compile(r"(\w+) BETWEEN (\w+) AND (\w+)"), r"\1 >= \2 AND \1 <= \3"),
    (re.compile(r"\bFALSE\b"), "false"),
)


def made_on_server(connection: Connection) -> Made:
    """What is there of ours, and what others have put on it."""
    rows = (row for statement in STATEMENTS for row in connection.exec_driver_sql(statement))
    found = Counter((_plain(subject), _plain(made)) for subject, made in rows)
    # A trigger does what its function says to the letter.
    return found + Counter((subject, made) for subject, made in connection.exec_driver_sql(TRIGGERS_MADE))


def wanted_on_server(connection: Connection) -> Made:
    """What a new database has."""
    wanted = [(f"index {name}", of) for name, of in INDEXES.items()]
    for table in TABLES:
        wanted.append((f"table {table.name}", "r p f"))
        wanted += (_column(table, column, connection.dialect) for column in table.columns)
        wanted += ((f"constraint on {table.name}: {each}", "") for each in _constraints(table))
    path = search_path(connection.exec_driver_sql(SCHEMA_NAME).scalar_one()).replace(" = ", "=")
    calls = ((each, each.call.replace('"', "")) for each in triggers_on("postgresql", TRIGGERS))
    wanted_triggers = ((f"trigger {each.name}", f"{call} enabled plpgsql {path} {each.body}") for each, call in calls)
    return Counter((_plain(subject), _plain(made)) for subject, made in wanted) + Counter(wanted_triggers)


def _column(table: Table, column: Column[object], dialect: Dialect) -> tuple[str, str]:
    kind = column.type.compile(dialect).lower().replace("varchar", "character varying C")
    words = [kind, "" if column.nullable else "NOT NULL"]
    if table.autoincrement_column is column:
        words.append(f"nextval('{table.name}_{column.name}_seq')")
    if column.server_default is not None:
        words.append("''")
    return f"column {table.name}.{column.name}", " ".join(words)


def _constraints(table: Table) -> Iterator[str]:
    """In the server's words; that an amount is an integer needs no saying where its column's type says it."""
    for constraint in table.constraints:
        said = _said(constraint)
        if "typeof(" not in said:
            for ours, servers in IN_SERVERS_WORDS:
                said = ours.sub(servers, said)
            yield said


def _said(constraint: Constraint) -> str:
    if isinstance(constraint, CheckConstraint):
        return f"CHECK ({constraint.sqltext})"
    columns = ", ".join(column.name for column in constraint.columns)  # type: ignore[attr-defined]
    if isinstance(constraint, ForeignKeyConstraint):
        (element,) = constraint.elements
        return f"FOREIGN KEY ({columns}) REFERENCES {element.column.table.name}({element.column.name})"
    return f"{'PRIMARY KEY' if isinstance(constraint, PrimaryKeyConstraint) else 'UNIQUE'} ({columns})"


@lru_cache(maxsize=2048)
def _plain(words: str) -> str:
    """Without casts, brackets and how it is laid out."""
    return AROUND.sub(r"\1 ", SPACES.sub(" ", CASTS.sub("", words))).strip()
