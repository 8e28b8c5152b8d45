"""Settings: frozen, read once, from flags, then the environment, then the TOML file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from tui_billing.domain.errors import SetUpRefused

IDLE_LOCK_S = 15 * 60


@dataclass(frozen=True, slots=True)
class HashingCost:
    """What an Argon2id hash costs: memory in KiB, rounds, and lanes (OWASP's minimum by default)."""

    memory_kib: int = 19_456
    rounds: int = 2
    parallelism: int = 1


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the database is and how the desk behaves; times in seconds."""

    database: str
    log_file: Path
    gateway_record: Path | None = None
    idle_lock_s: int = IDLE_LOCK_S
    hashing: HashingCost = field(default_factory=HashingCost)
    demo: bool = False


def read_settings(
    database: str | None = None, demo: bool = False, environment: Mapping[str, str] = os.environ
) -> Settings:
    """The settings in force; raises `SetUpRefused` naming a file or key that cannot be used."""
    configured = _configured(environment)
    data = _base(environment, "XDG_DATA_HOME", ".local/share")
    state = _base(environment, "XDG_STATE_HOME", ".local/state")
    own = str(data / ("demo.db" if demo else "billing.db"))
    chosen = None if demo else environment.get("TUI_BILLING_DATABASE") or configured.get("database")
    record = None if demo else configured.get("gateway_record")
    return Settings(
        database=database or chosen or own,
        log_file=Path(configured.get("log_file", state / "desk.log")).expanduser(),
        gateway_record=None if record is None else Path(record).expanduser(),
        idle_lock_s=configured.get("idle_lock_s", IDLE_LOCK_S),
        hashing=HashingCost(**configured.get("hashing", {})),
        demo=demo,
    )


def configuration_file(environment: Mapping[str, str] = os.environ) -> Path:
    """The TOML file that is read if it is there."""
    given = environment.get("TUI_BILLING_CONFIG")
    return Path(given) if given else _base(environment, "XDG_CONFIG_HOME", ".config") / "config.toml"


def _base(environment: Mapping[str, str], variable: str, below_home: str) -> Path:
    base = Path(environment.get(variable) or Path(environment.get("HOME") or Path.home()) / below_home)
    return base / "tui-billing"


# More than any machine that runs a desk would want to spend on one password.
LARGEST = {"memory_kib": 4 * 1024 * 1024, "rounds": 100, "parallelism": 64}
TYPES: dict[str, type] = {"database": str, "log_file": str, "gateway_record": str, "idle_lock_s": int, "hashing": dict}


def _configured(environment: Mapping[str, str]) -> dict[str, Any]:
    file = configuration_file(environment)
    if not file.exists():
        return {}
    import tomllib

    try:
        configured = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetUpRefused(f"{file} is not valid TOML: {error}.") from None
    costs = {cost.name: int for cost in fields(HashingCost)}
    for known, given in ((TYPES, configured), (costs, configured.get("hashing", {}))):
        for key, value in given.items() if isinstance(given, dict) else ():
            if key not in known:
                raise SetUpRefused(f"{file} has an unknown key “{key[:40]}”. Known are: {', '.join(known)}.")
            if type(value) is not known[key]:
                raise SetUpRefused(f"{file}: “{key}” must be of type {known[key].__name__}.")
            if not value or (type(value) is int and value < 1):
                raise SetUpRefused(f"{file}: “{key}” must not be empty, zero or negative.")
            if type(value) is int and value > LARGEST.get(key, value):
                raise SetUpRefused(f"{file}: “{key}” must be at most {LARGEST[key]:,}.")
    return configured
