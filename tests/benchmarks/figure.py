"""A figure: what was measured, several times, and what was hoped for."""

import statistics
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`values`: one per run. `goal`: at least so much, or (`less`) at most; None: none is set."""

    name: str
    unit: str
    values: tuple[float, ...]
    goal: float | None = None
    less: bool = False

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> float:
        """From the least to the greatest value, as a share of the median."""
        return (max(self.values) - min(self.values)) / self.median if self.median else 0.0

    @property
    def reached(self) -> bool | None:
        """Whether the median is on the right side of the goal."""
        if self.goal is None:
            return None
        return self.median <= self.goal if self.less else self.median >= self.goal

    def to_json(self) -> dict[str, object]:
        """All of it, and what follows from it."""
        return {
            "name": self.name,
            "unit": self.unit,
            "median": self.median,
            "spread": round(self.spread, 3),
            "values": self.values,
            "goal": self.goal,
            "reached": self.reached,
        }

    def to_row(self) -> str:
        """One line of the table."""
        goal = "" if self.goal is None else f"{'<=' if self.less else '>='} {_short(self.goal)}"
        mark = {True: "yes", False: "NO", None: ""}[self.reached]
        return (
            f"{self.name:<58} {_short(self.median):>9} {self.unit:<11} "
            f"{self.spread:>5.0%}  {goal:>9} {mark:>3}"
        )


HEADER = f"{'figure':<58} {'median':>9} {'unit':<11} {'spread':>6} {'goal':>9}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
