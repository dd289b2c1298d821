"""Who wore which unit, and when: dated assignments, in whatever order they were entered."""

from collections.abc import Iterable, Iterator

from host.registry.types import Assignment


class Assignments:
    """Of assignments of one unit that overlap, the later one counts; of two units that somebody
    wears at once, the one put on later."""

    def __init__(self, assignments: Iterable[Assignment] = ()) -> None:
        self._of_unit: dict[str, tuple[Assignment, ...]] = {}
        self._units_of: dict[str, tuple[str, ...]] = {}  # person -> units, whenever assigned
        for assignment in assignments:
            self.enter(assignment)

    def enter(self, assignment: Assignment) -> None:
        """A new or an ended one: it replaces the one of the same unit, person and start."""
        unit, person = assignment.unit, assignment.person
        others = (
            one
            for one in self._of_unit.get(unit, ())
            if (one.person, one.from_ms) != (person, assignment.from_ms)
        )
        self._of_unit[unit] = (*others, assignment)
        units = self._units_of.get(person, ())
        if unit not in units:
            self._units_of[person] = (*units, unit)

    def units(self) -> Iterator[str]:
        """Every unit that was, is or will be assigned."""
        return iter(self._of_unit)

    def units_of(self, person: str) -> tuple[str, ...]:
        """Every unit that a person wore, wears or will wear."""
        return self._units_of.get(person, ())

    def at(self, unit: str, at_ms: int) -> Assignment | None:
        """Who wore a unit at an instant, and since when."""
        covering = [
            one
            for one in self._of_unit.get(unit, ())
            if one.from_ms <= at_ms and (one.until_ms is None or at_ms < one.until_ms)
        ]
        return max(covering, key=lambda one: (one.from_ms, one.person)) if covering else None

    def unit_at(self, person: str, at_ms: int) -> str | None:
        """The unit that a person wore at an instant."""
        worn = [
            (assignment.from_ms, unit)
            for unit in self.units_of(person)
            if (assignment := self.at(unit, at_ms)) and assignment.person == person
        ]
        return max(worn)[1] if worn else None

    def next_ms(self, unit: str, now_ms: int) -> int | None:
        """When an assignment of a unit next begins or ends after `now_ms`; None for never."""
        edges_ms = (
            edge_ms
            for one in self._of_unit.get(unit, ())
            for edge_ms in (one.from_ms, one.until_ms)
            if edge_ms is not None and edge_ms > now_ms
        )
        return min(edges_ms, default=None)
