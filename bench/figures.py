"""What a figure is: values gathered over interleaved rounds, and the bound their median is held against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from bench.book import Book

Samples = Mapping[str, Sequence[float]]
"""Values by the name of what was measured."""

Scenario = Callable[[Book], Samples]
"""One round of something: it is run, watched and ended, and gives what it measured."""


MISSED = "MISSED"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value with its bounds; a ratio is to its floor of the same run."""

    number: str
    says: str
    measures: str
    unit: str = "ms"
    floor: str = ""
    most_ratio: float | None = None
    most_p95_ratio: float | None = None
    most: float | None = None
    worst_counts: bool = False

    def value(self, values: Sequence[float]) -> float:
        """The median, or the worst where every single one counts."""
        return max(values) if self.worst_counts else median(values)


@dataclass(frozen=True, slots=True)
class Measurement:
    """Scenarios that belong together, and the figures that are read off them."""

    scenarios: tuple[Scenario, ...]
    figures: tuple[Figure, ...]


class Results:
    """The samples of all rounds."""

    def __init__(self) -> None:
        self._values: dict[str, list[float]] = defaultdict(list)

    def take(self, samples: Samples) -> None:
        """Add the samples of one scenario of one round."""
        for name, values in samples.items():
            self._values[name] += values

    def row(self, figure: Figure) -> tuple[str, ...] | None:
        """What the report says of a figure, in the order of its headings; none without values."""
        values, floors = self._values[figure.measures], self._values[figure.floor] if figure.floor else []
        if not values:
            return None
        value = figure.value(values)
        floor = median(floors) if floors else None
        ratio = value / floor if floor else None
        checks = list(_checks(figure, value, ratio, _p95(values) / floor if floor else None))
        verdict = "" if not checks else "reached" if all(kept for kept, _ in checks) else MISSED
        return (
            figure.number,
            figure.says,
            _written(value, figure.unit),
            "" if floor is None else _written(floor, figure.unit),
            "" if ratio is None else f"{ratio:.2f} ×",
            _written(_p95(values), figure.unit) if len(values) > 4 else "",
            ", ".join(said for _, said in checks),
            verdict,
        )


def _checks(figure: Figure, value: float, ratio: float | None, p95_ratio: float | None) -> Iterable[tuple[bool, str]]:
    if figure.most is not None:
        yield value <= figure.most, f"≤ {_written(figure.most, figure.unit)}"
    if figure.most_ratio is not None and ratio is not None:
        yield ratio <= figure.most_ratio, f"≤ {figure.most_ratio:g} ×"
    if figure.most_p95_ratio is not None and p95_ratio is not None:
        yield p95_ratio <= figure.most_p95_ratio, f"p95 ≤ {figure.most_p95_ratio:g} × ({p95_ratio:.2f})"


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def _written(value: float, unit: str) -> str:
    return f"{value:.{0 if value >= 100 else 1}f} {unit}".replace(".0 ", " ")
