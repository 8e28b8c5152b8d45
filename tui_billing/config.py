"""Settings: frozen, read once, from flags, then the environment, then the TOML file."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tui_billing.domain.errors import SetUpRefused
from tui_billing.own_files import configuration_file, own_database, own_folder

IDLE_LOCK_S = 15 * 60
SANDBOX = "sandbox"
GATEWAYS = (SANDBOX, "stripe")
STRIPE_KEY_VARIABLE = "TUI_BILLING_STRIPE_KEY"
STRIPE_KEY = r"(?:sk|rk)_[A-Za-z0-9_]{3,250}"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class HashingCost:
    """What an Argon2id hash costs: memory in KiB, rounds, and lanes (OWASP's minimum by default)."""

    memory_kib: int = 19_456
    rounds: int = 2
    parallelism: int = 1


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """Where Stripe is and where its secret key lies, never the key itself; and where its card page leads afterwards."""

    key_file: Path | None = None
    api_base: str | None = None
    after_card_page: str = "https://stripe.com"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the database is and how the desk behaves; times in seconds. The gateway is the one for new cards.

    `documents` is the folder that the desk saves receipts in, none if it is to save nothing.
    """

    database: str
    log_file: Path
    gateway_record: Path | None = None
    idle_lock_s: int = IDLE_LOCK_S
    hashing: HashingCost = field(default_factory=HashingCost)
    demo: bool = False
    gateway: str = SANDBOX
    stripe: StripeSettings = field(default_factory=StripeSettings)
    documents: Path | None = Path()
    watch_pause_s: float = 1.0


def read_settings(
    database: str | None = None, demo: bool = False, environment: Mapping[str, str] = os.environ
) -> Settings:
    """The settings in force; raises `SetUpRefused` naming a file or key that cannot be used."""
    configured = _configured(environment)
    state = Path(own_folder(environment, "XDG_STATE_HOME", ".local/state"))
    own = own_database(environment, demo)
    chosen = None if demo else environment.get("TUI_BILLING_DATABASE") or configured.get("database")
    record = None if demo else configured.get("gateway_record")
    return Settings(
        database=database or chosen or own,
        log_file=Path(configured.get("log_file", state / "desk.log")).expanduser(),
        gateway_record=None if record is None else Path(record).expanduser(),
        idle_lock_s=configured.get("idle_lock_s", IDLE_LOCK_S),
        hashing=HashingCost(**configured.get("hashing", {})),
        demo=demo,
        gateway=SANDBOX if demo else configured.get("gateway", SANDBOX),
        stripe=StripeSettings() if demo else _stripe_settings(configured),
        documents=_documents(configured.get("documents", ".")),
    )


def record_beside(database: Path) -> Path:
    """The file of the sandbox's own record of a database file, where nothing else is configured."""
    # No two databases of a folder share one: a.db has a.sandbox.db, a.sqlite has a.sqlite.sandbox.
    return database.with_name(f"{database.stem}.sandbox.db" if database.suffix == ".db" else f"{database.name}.sandbox")


def names_stripe(settings: Settings, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this desk asks Stripe: for new cards, or, with a key at hand, for those that it took earlier."""
    key_at_hand = settings.stripe.key_file is not None or STRIPE_KEY_VARIABLE in environment
    return not settings.demo and (settings.gateway == "stripe" or key_at_hand)


def stripe_key(settings: Settings, environment: Mapping[str, str] = os.environ) -> str:
    """Stripe's secret key, from the environment or its file; raises `SetUpRefused`, without the key in its words."""
    file = settings.stripe.key_file
    if settings.demo:
        raise SetUpRefused("A demo desk takes no real cards.")
    if given := environment.get(STRIPE_KEY_VARIABLE):
        key, origin = given.strip(), STRIPE_KEY_VARIABLE
    elif file is not None:
        key, origin = _private_text(file).strip(), str(file)
    else:
        raise SetUpRefused(f"There is no secret key for Stripe. Set {STRIPE_KEY_VARIABLE}, or name a stripe_key_file.")
    if not re.fullmatch(STRIPE_KEY, key, re.ASCII):
        raise SetUpRefused(f"{origin} holds no secret key of Stripe's: those begin with sk_ or rk_.")
    return key


def _stripe_settings(configured: dict[str, Any]) -> StripeSettings:
    key_file = configured.get("stripe_key_file")
    return StripeSettings(None if key_file is None else Path(key_file).expanduser(), **configured.get("stripe", {}))


def _documents(named: str) -> Path | None:
    return Path(named).expanduser() if named else None


def _private_text(file: Path) -> str:
    """What a file says that nobody but its owner may read."""
    try:
        with file.open(encoding="utf-8") as opened:
            about = os.fstat(opened.fileno())
            if not stat.S_ISREG(about.st_mode) or about.st_mode & 0o077 or about.st_uid not in (0, os.geteuid()):
                raise SetUpRefused(f"{file} can be read by others. Give it to yourself alone: chmod 600 {file}")
            return opened.read(4096)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SetUpRefused(f"{file} cannot be read: {reason}.") from None


# More than any machine that runs a desk would want to spend on one password.
LARGEST = {"memory_kib": 4 * 1024 * 1024, "rounds": 100, "parallelism": 64}
LARGEST_FILE_BYTES = 1024 * 1024
TYPES: dict[str, type] = {"database": str, "log_file": str, "gateway_record": str, "idle_lock_s": int, "hashing": dict}
TYPES |= {"gateway": str, "stripe_key_file": str, "stripe": dict, "documents": str}
MAY_BE_EMPTY = ("documents",)
STRIPE_TYPES: dict[str, type] = {"api_base": str, "after_card_page": str}


def _configured(environment: Mapping[str, str]) -> dict[str, Any]:
    file = Path(configuration_file(environment))
    if not file.exists():
        return {}
    configured = _parsed(file)
    costs = {cost.name: int for cost in fields(HashingCost)}
    tables = ((TYPES, configured), (costs, configured.get("hashing")), (STRIPE_TYPES, configured.get("stripe")))
    for known, given in tables:
        for key, value in given.items() if isinstance(given, dict) else ():
            if key not in known:
                raise SetUpRefused(f"{file} has an unknown key “{key[:40]}”. Known are: {', '.join(known)}.")
            if type(value) is not known[key]:
                raise SetUpRefused(f"{file}: “{key}” must be of type {known[key].__name__}.")
            if (not value and key not in MAY_BE_EMPTY) or (type(value) is int and value < 1):
                raise SetUpRefused(f"{file}: “{key}” must not be empty, zero or negative.")
            if type(value) is int and value > LARGEST.get(key, value):
                raise SetUpRefused(f"{file}: “{key}” must be at most {LARGEST[key]:,}.")
            if type(value) is str and "\0" in value:
                raise SetUpRefused(f"{file}: “{key}” must not contain a NUL character.")
    _refuse_hashing(file, configured)
    _refuse_gateway(file, configured)
    return configured


def _parsed(file: Path) -> dict[str, Any]:
    import tomllib

    if not file.is_file() or file.stat().st_size > LARGEST_FILE_BYTES:
        raise SetUpRefused(f"{file} is no regular file of at most {LARGEST_FILE_BYTES:,} bytes.")
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetUpRefused(f"{file} is not valid TOML: {error}.") from None
    except RecursionError:
        raise SetUpRefused(f"{file} is not valid TOML: it is nested too deeply.") from None


def _refuse_hashing(file: Path, configured: dict[str, Any]) -> None:
    cost = HashingCost(**configured.get("hashing", {}))
    # Argon2 has no use for less: RFC 9106, 3.1.
    if cost.memory_kib < 8 * cost.parallelism:
        raise SetUpRefused(f"{file}: “memory_kib” must be at least 8 times “parallelism”.")


def _refuse_gateway(file: Path, configured: dict[str, Any]) -> None:
    if configured.get("gateway", GATEWAYS[0]) not in GATEWAYS:
        raise SetUpRefused(f"{file}: “gateway” must be one of: {', '.join(GATEWAYS)}.")
    for key, address in configured.get("stripe", {}).items():
        if not _safe(address):
            raise SetUpRefused(f"{file}: “{key}” must be an https:// address; http:// only on this machine.")


def _safe(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))
