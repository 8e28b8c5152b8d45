"""The shape of the project: the arrows between layers, sizes, names, and what may stand nowhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import tui_billing

PACKAGE = Path(tui_billing.__file__).parent
PROJECT = Path(__file__).parent.parent
MODULES = sorted(PACKAGE.rglob("*.py"))
EXACT_LAYERS = ("domain", "services", "store")
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
# The last line of defence: an unexpected error is logged, and no traceback with its values is shown.
MAY_CATCH_EVERYTHING = {"tui_billing/cli.py"}
VAGUE_NAMES = ("util", "utils", "helper", "helpers", "manager", "managers", "misc", "common")
# Written in halves, so that this file does not hold what it looks for.
HALVES = (("py", "pi"), ("python", "hosted"), ("npm", "js"), ("crates", ".io"), ("ruby", "gems"), ("docker", ".io"))
FORBIDDEN_WORDS = tuple("".join(halves) for halves in HALVES)


def named(module: Path) -> str:
    return str(module.relative_to(PACKAGE.parent))


@cache
def tree_of(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


@cache
def imported_by(module: Path) -> set[str]:
    """The modules that a module imports, dotted."""
    found = set()
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def importers_of(name: str) -> set[str]:
    return {
        named(module)
        for module in MODULES
        if any(imported == name or imported.startswith(f"{name}.") for imported in imported_by(module))
    }


def inexact(tree: ast.Module) -> Iterator[ast.AST]:
    """Everything that makes, names or could yield a number that is not exact."""
    for node in ast.walk(tree):
        is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float | complex)
        is_name = isinstance(node, ast.Name) and node.id == "float"
        is_division = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
        if is_literal or is_name or is_division:
            yield node


def catches_everything(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or ast.unparse(kind) in ("Exception", "BaseException") for kind in caught)


def test_imports_follow_the_arrows(capsys: pytest.CaptureFixture[str]) -> None:
    kept = lint_imports(config_filename=str(PROJECT / "pyproject.toml"), no_cache=True, no_logo=True) == 0
    assert kept, capsys.readouterr().out


def test_the_looking_glass_for_inexact_numbers_sees_them() -> None:
    assert len(list(inexact(ast.parse("a = 1.5; b = float(a); c = 3 / 2; c /= 2; d = 1j; e = 3 // 2")))) == 5


@pytest.mark.parametrize("layer", EXACT_LAYERS)
def test_money_never_meets_a_floating_point_number(layer: str) -> None:
    modules = sorted((PACKAGE / layer).rglob("*.py"))
    assert modules
    assert [f"{named(m)}:{ast.unparse(node)}" for m in modules for node in inexact(tree_of(m))] == []


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    lengths = {named(module): len(module.read_text(encoding="utf-8").splitlines()) for module in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_longer_than_fifty_lines() -> None:
    lengths = {
        f"{named(module)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for module in MODULES
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert len(lengths) > 100
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_only_the_last_line_of_defence_catches_everything() -> None:
    broad = {
        named(module)
        for module in MODULES
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.ExceptHandler) and catches_everything(node)
    }
    assert broad <= MAY_CATCH_EVERYTHING


def test_no_file_has_a_name_that_says_nothing() -> None:
    parts = {part for module in MODULES for part in module.relative_to(PACKAGE).with_suffix("").parts}
    assert {part for part in parts for vague in VAGUE_NAMES if vague in part.split("_")} == set()


def test_only_the_composition_root_and_the_commands_know_the_sandbox() -> None:
    importers = importers_of("tui_billing.gateways.sandbox")
    assert "tui_billing/desk.py" in importers
    assert {name for name in importers if not name.startswith("tui_billing/commands/")} == {"tui_billing/desk.py"}


def test_one_module_knows_how_passwords_are_hashed() -> None:
    assert importers_of("passlib") == {"tui_billing/services/passwords.py"}


def test_only_the_store_s_files_and_the_sandbox_speak_to_sqlite_itself() -> None:
    sandbox = {"tui_billing/gateways/sandbox.py", "tui_billing/gateways/sandbox_record.py"}
    assert importers_of("sqlite3") == {"tui_billing/store/sqlite.py", "tui_billing/store/sqlite_files.py", *sandbox}


def test_alembic_is_imported_for_an_upgrade_alone() -> None:
    migrations = {name for name in map(named, MODULES) if name.startswith("tui_billing/store/migrations/")}
    upgrades = {"tui_billing/store/postgresql_upgrade.py", "tui_billing/store/sqlite_upgrade.py"}
    assert importers_of("alembic") <= migrations
    assert importers_of("tui_billing.store.migrations") - migrations == upgrades
    at_once = {node.module for module in MODULES for node in tree_of(module).body if isinstance(node, ast.ImportFrom)}
    assert not at_once & {"tui_billing.store.postgresql_upgrade", "tui_billing.store.sqlite_upgrade"}


def test_one_module_speaks_to_the_package_for_postgresql() -> None:
    assert importers_of("psycopg") == {"tui_billing/store/postgresql_connection.py"}


def test_one_module_speaks_to_stripe_s_package() -> None:
    assert importers_of("stripe") == importers_of("requests") == {"tui_billing/gateways/stripe_connection.py"}


def test_no_file_of_the_project_names_a_registry_host() -> None:
    files = [
        file
        for file in PROJECT.rglob("*")
        if file.is_file()
        and not any(part.startswith(".") and part != ".ci" for part in file.relative_to(PROJECT).parts)
    ]
    texts = {file: file.read_bytes().decode("utf-8", "replace").casefold() for file in files if file.suffix != ".pyc"}
    assert PROJECT / "pyproject.toml" in texts
    found = [(str(file), word) for file, text in texts.items() for word in FORBIDDEN_WORDS if word in text]
    assert found == []
