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
from tests.screens.practice import Practice, copied, make_practice


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
    yield from copied(practice_template, tmp_path)


@pytest.fixture(scope="session", autouse=True)
def styles_are_parsed_once() -> Iterator[None]:
    """Share parsed styles between the desks of all tests: parsing them for each is a third of the time."""
    parsed: dict[Hashable, list[RuleSet]] = {}
    parse = Stylesheet._parse_rules

    def parse_once(self: Stylesheet, *arguments: Any, **options: Any) -> list[RuleSet]:
        key = (arguments, tuple(sorted(options.items())), tuple(self._variables.items()))
        if key not in parsed:
            parsed[key] = parse(self, *arguments, **options)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def only_what_somebody_looks_at_is_painted() -> Iterator[None]:
    """A desk without a terminal throws its pictures away, a quarter of the time: they are painted when looked at."""

    def unpainted(self: Compositor, *_: Any, **__: Any) -> None:
        self._dirty_regions.clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Compositor, "render_update", unpainted)
        yield
