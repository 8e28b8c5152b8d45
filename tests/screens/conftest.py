"""The practice desk of each test: a copy of one demo database, made once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual._compositor import Compositor
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

import tui_billing.app
from tests.screens.methods import remember_methods
from tests.screens.practice import Practice, copied, make_practice
from tui_billing.app import BillingApp

PACKAGE = Path(tui_billing.app.__file__).parent
STYLES = [file.relative_to(PACKAGE) for file in sorted((PACKAGE / "screens").rglob("*.tcss"))]
# Of all tests that this process runs; what is patched is so for one test only, as those of other folders come between.
PARSED: dict[Hashable, tuple[list[RuleSet], dict[str, list[RuleSet]]]] = {}


@pytest.fixture(scope="session")
def practice_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the demo database that is copied."""
    directory = tmp_path_factory.mktemp("practice")
    make_practice(directory)
    return directory


@pytest.fixture
def practice(practice_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Practice]:
    """A demo database of one's own, in the current directory, so that its name on the screens is short."""
    monkeypatch.chdir(tmp_path)
    for variable, value in {"TERM": "xterm-256color", "COLORTERM": "truecolor"}.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    # The signals of this process are pytest's.
    monkeypatch.setattr(tui_billing.app, "exit_on_signals", lambda app, loop: None)
    # What is looked up behind the first screen is not to come between what a test does.
    monkeypatch.setattr(tui_billing.app, "BREATHER_S", 0)
    yield from copied(practice_template, tmp_path)


@pytest.fixture(autouse=True)
def styles_are_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Share parsed styles between the desks of all tests: parsing them for each is a third of the time."""
    parse = Stylesheet.parse

    def parse_once(self: Stylesheet) -> None:
        key = (tuple(self.source.items()), tuple(self._variables.items()))
        if key not in PARSED:
            parse(self)
            PARSED[key] = self._rules, self.rules_map
        self._rules, self._rules_map = PARSED[key]
        self._require_parse = False

    monkeypatch.setattr(Stylesheet, "parse", parse_once)
    # Textual's own gives the same in Python, some two hundred times for each widget.
    monkeypatch.setattr(RuleSet, "__hash__", object.__hash__)


@pytest.fixture(autouse=True)
def methods_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remember which methods take a message, and how many parameters they have: a tenth of the time."""
    remember_methods(monkeypatch)


@pytest.fixture(autouse=True)
def styles_of_all_screens_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let desks begin with the styles of every screen: each screen that comes later styles all others anew."""
    monkeypatch.setattr(BillingApp, "CSS_PATH", ["app.tcss", *STYLES])


@pytest.fixture(autouse=True)
def only_what_somebody_looks_at_is_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk without a terminal throws its pictures away, a quarter of the time: they are painted when looked at."""

    def unpainted(self: Compositor, *_: Any, **__: Any) -> None:
        self._dirty_regions.clear()

    monkeypatch.setattr(Compositor, "render_update", unpainted)
