"""`python -m bench.billed 1000 10000 100000 1000000`: billing runs over so many accounts, in time and memory."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeVar

from bench.billing import DAYS, fill
from tests.desk_fixtures import OPENED, Clock, create_desk, opened_in

R = TypeVar("R")
RESETS_PEAK = "5"


class Billed(NamedTuple):
    """What a run took, and the memory it held before and at most, in MiB."""

    took_s: float
    processor_s: float
    before_mib: float
    most_mib: float


def main() -> None:
    """Measure each size in processes of its own, so that making its accounts leaves no memory behind."""
    parser = argparse.ArgumentParser(prog="python -m bench.billed", description=__doc__)
    parser.add_argument("accounts", nargs="+", type=int)
    parser.add_argument("--home", type=Path, default=Path.cwd(), help="where the databases are made, and taken away")
    given = parser.parse_args()
    print("accounts      run  processor  each    memory before, at most")
    for accounts in given.accounts:
        with TemporaryDirectory(dir=given.home) as folder:
            _apart(_made, Path(folder), accounts)
            took = _apart(_billed, Path(folder), accounts)
        each_ms = took.processor_s * 1000 / accounts
        print(
            f"{accounts:9,} {took.took_s:6.1f} s {took.processor_s:8.1f} s {each_ms:.2f} ms"
            f" {took.before_mib:8.1f} MiB {took.most_mib:8.1f} MiB",
            flush=True,
        )


def _apart(work: Callable[[Path, int], R], folder: Path, accounts: int) -> R:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        return processes.submit(work, folder, accounts).result()


def _made(folder: Path, accounts: int) -> None:
    clock = Clock(OPENED)
    create_desk(folder)
    with opened_in(folder, clock) as desk:
        fill(desk, clock, accounts)


def _billed(folder: Path, accounts: int) -> Billed:
    clock = Clock(OPENED)
    clock.advance(days=DAYS)
    with opened_in(folder, clock) as desk:
        session = desk.finance
        before_mib = _memory_mib("VmRSS")
        Path("/proc/self/clear_refs").write_text(RESETS_PEAK)
        start_s, used_s = time.perf_counter(), time.process_time()
        run = desk.services.billing_runs.run(session)
        took_s, processor_s = time.perf_counter() - start_s, time.process_time() - used_s
        assert run.invoiced.count == accounts
        return Billed(took_s, processor_s, before_mib, _memory_mib("VmHWM"))


def _memory_mib(field: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(re.findall(rf"^{field}:\s+(\d+) kB$", status, re.MULTILINE)[0]) / 1024


if __name__ == "__main__":
    main()
