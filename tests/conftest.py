"""What every test may ask for."""

import compileall
import gc
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tui_billing
from tests.compiled_once import share_compiled_statements
from tests.desk_fixtures import desk, desk_directory, desk_template
from tests.files_in_memory import keep_files_in_memory
from tests.longest_first import longest_first
from tests.postgresql.databases import end_run, let_go, prepare_run
from tests.rewritten_once import rewrite_share

__all__ = ["desk", "desk_directory", "desk_template"]

# A quarter of the time of all tests went into looking for cycles among the modules and styles that stay anyway.
gc.freeze()
gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session", autouse=True)
def statements_are_compiled_once() -> Iterator[None]:
    """Those that one test compiles, the next ones have."""
    with pytest.MonkeyPatch.context() as patch:
        share_compiled_statements(patch)
        yield


def pytest_configure(config: pytest.Config) -> None:
    """Begin the run, before its workers do."""
    if not hasattr(config, "workerinput"):
        keep_files_in_memory()
        # As in an installation; each of hundreds of processes would do it for itself where none may keep what it made.
        # Tests themselves are not: pytest compiles them with their assertions rewritten.
        for sources in (Path(tui_billing.__file__).parent, Path(__file__).parent):
            compileall.compile_dir(sources, quiet=2, workers=0, rx=re.compile(r"/tests/.*/test_[^/]*$"))
        # The run's server has one place; it is started only if a test asks for it.
        prepare_run()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Before all tests are collected; a few are rewritten where they are needed."""
    config = session.config
    if (worker := getattr(config, "workerinput", None)) is not None and config.args == config.getini("testpaths"):
        rewrite_share(int(worker["workerid"].removeprefix("gw")), worker["workercount"])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Nobody waits in the end for one long test that began late."""
    if (worker := getattr(config, "workerinput", None)) is not None:
        items[:] = longest_first(items, worker["workercount"])


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """What has come to nothing is found once; ten more searches follow, for what they have no need to look at again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The one that named the place ends the server, whatever has become of those that used it."""
    let_go()
    if not hasattr(config, "workerinput"):
        end_run()
