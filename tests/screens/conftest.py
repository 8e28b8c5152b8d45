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


@pytest.fixture(scope="session", autouse=True)
def styles_are_parsed_once() -> Iterator[None]:
    """Share parsed styles between the desks of all tests: parsing them for each is a third of the time."""
    parsed: dict[Hashable, tuple[list[RuleSet], dict[str, list[RuleSet]]]] = {}
    parse = Stylesheet.parse

    def parse_once(self: Stylesheet) -> None:
        key = (tuple(self.source.items()), tuple(self._variables.items()))
        if key not in parsed:
            parse(self)
            parsed[key] = self._rules, self.rules_map
        self._rules, self._rules_map = parsed[key]
        self._require_parse = False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "parse", parse_once)
        # Textual's own gives the same in Python, some two hundred times for each widget.
        patch.setattr(RuleSet, "__hash__", object.__hash__)
        yield


@pytest.fixture(scope="session", autouse=True)
def methods_are_looked_at_once() -> Iterator[None]:
    """Remember which methods take a message, and how many parameters they have: a tenth of the time."""
    with pytest.MonkeyPatch.context() as patch:
        remember_methods(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def styles_of_all_screens_are_there() -> Iterator[None]:
    """Let desks begin with the styles of every screen: each screen that comes later styles all others anew."""
    package = Path(tui_billing.app.__file__).parent
    styles = [file.relative_to(package) for file in sorted((package / "screens").rglob("*.tcss"))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BillingApp, "CSS_PATH", ["app.tcss", *styles])
        yield


@pytest.fixture(scope="session", autouse=True)
def only_what_somebody_looks_at_is_painted() -> Iterator[None]:
    """A desk without a terminal throws its pictures away, a quarter of the time: they are painted when looked at."""

    def unpainted(self: Compositor, *_: Any, **__: Any) -> None:
        self._dirty_regions.clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Compositor, "render_update", unpainted)
        yield
