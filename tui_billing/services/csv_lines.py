"""Reading a CSV file whole: its lines by column name, each checked, and every bad one named."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeVar

from tui_billing.domain.errors import BadLines, InvalidInput
from tui_billing.domain.text import masked
from tui_billing.services.progress import Progress

# What stands in a line, in the order of the columns asked for; nothing where the file leaves a column out.
Values = Sequence[str]
RowT = TypeVar("RowT")

LARGEST_BYTES = 32 * 1024 * 1024
LONGEST_SHOWN = 40
MOST_FAULTS_NAMED = 20
LINES_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns a file must have, and those it may have, in any order."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a file: the number each begins at, and what stands in it without spaces around it."""

    numbers: list[int]
    values: list[Values]


def read_lines(content: bytes, columns: Columns) -> Lines:
    """The lines below the header; raises `InvalidInput` for what is no such file, naming every misshapen line."""
    rows = _rows(_text(content))
    number, header = next(rows, (1, []))
    names = [name.strip().casefold() for name in header]
    _refuse_header(names, columns)
    # One column more, for those that the file leaves out.
    places = [names.index(name) if name in names else len(names) for name in (*columns.required, *columns.optional)]
    in_order = itemgetter(*places)
    lines = Lines([], [])
    faults: dict[int, str] = {}
    for number, row in rows:
        if len(row) == len(names):
            lines.numbers.append(number)
            lines.values.append(in_order([*map(str.strip, row), ""]))
        else:
            faults[number] = f"It has {len(row)} columns; the header names {len(names)}."
    refuse_bad(faults)
    if not lines.numbers:
        raise InvalidInput("The file has no lines below its header. Nothing was taken.")
    return lines


def checked_lines(lines: Lines, check: Callable[[Values], RowT], progress: Progress) -> list[RowT]:
    """What `check` makes of each line; raises `BadLines` naming every line that it refuses."""
    rows: list[RowT] = []
    faults: dict[int, str] = {}
    for done, values in enumerate(lines.values):
        try:
            rows.append(check(values))
        except InvalidInput as fault:
            faults[lines.numbers[done]] = fault.sentence
        if done % LINES_AT_ONCE == 0:
            progress(done, len(lines.values))
    refuse_bad(faults)
    return rows


def refuse_bad(faults: Mapping[int, str]) -> None:
    """Raise `BadLines` if there are any, by line number."""
    if not faults:
        return
    named = [f"Line {number}: {faults[number]}" for number in sorted(faults)[:MOST_FAULTS_NAMED]]
    if len(faults) > MOST_FAULTS_NAMED:
        named.append(f"and {len(faults) - MOST_FAULTS_NAMED:,} more")
    what = "1 line is bad" if len(faults) == 1 else f"{len(faults):,} lines are bad"
    raise BadLines(f"{what}, and nothing of the file was taken. Correct it and import it again.", tuple(named))


def quoted(text: str) -> str:
    """What stands in a line, as a refusal may repeat it: short, and never a card number."""
    return f"“{masked(text)[:LONGEST_SHOWN]}”"


def _text(content: bytes) -> str:
    if len(content) > LARGEST_BYTES:
        raise InvalidInput(f"The file is larger than {LARGEST_BYTES // 1024**2} MiB. Split it and import the parts.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        other = error.start
    else:
        # A letter to UTF-8, but in no text: it is half of another encoding's letters, and PostgreSQL takes none.
        other = content.find(b"\0")
        if other < 0:
            return text
    number = content.count(b"\n", 0, other) + 1
    raise BadLines("The file is not UTF-8. Save it as UTF-8.", (f"Line {number}: it holds other bytes.",))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of the line it begins at; empty lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 1
    try:
        for row in reader:
            if row:
                yield number, row
            number = reader.line_num + 1
    except csv.Error as error:
        sentence = f"The file cannot be read on from line {number}, and nothing of it was taken."
        raise BadLines(sentence, (f"Line {number}: {error}.",)) from None


def _refuse_header(names: Sequence[str], columns: Columns) -> None:
    known = (*columns.required, *columns.optional)
    fault = ""
    if not names:
        fault = "The file is empty."
    elif missing := [name for name in columns.required if name not in names]:
        fault = f"The header lacks {', '.join(missing)}."
    elif unknown := [name for name in names if name not in known]:
        fault = f"The header names {', '.join(map(quoted, unknown[:3]))}, which is no column here."
    elif len(set(names)) < len(names):
        fault = "The header names a column twice."
    if fault:
        raise InvalidInput(f"{fault} The first line must name the columns, with commas between: {','.join(known)}.")
