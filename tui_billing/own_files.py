"""Where the desk keeps its own files; asked before there is time to import anything that knows of paths."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def own_database(environment: Mapping[str, str], demo: bool) -> str:
    """The database that is used unless another one is named."""
    return f"{own_folder(environment, 'XDG_DATA_HOME', '.local/share')}/{'demo' if demo else 'billing'}.db"


def configuration_file(environment: Mapping[str, str]) -> str:
    """The TOML file that is read if it is there."""
    given = environment.get("TUI_BILLING_CONFIG")
    return given or f"{own_folder(environment, 'XDG_CONFIG_HOME', '.config')}/config.toml"


def own_folder(environment: Mapping[str, str], variable: str, below_home: str) -> str:
    """The desk's folder among those of one kind."""
    home = environment.get("HOME") or os.path.expanduser("~")  # noqa: PTH111 -- pathlib takes too long to import
    return f"{environment.get(variable) or f'{home}/{below_home}'}/tui-billing"
