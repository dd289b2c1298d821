"""Tables: what spreadsheets and trackers export as CSV, in the ways that they differ.

Cells are parted by commas, semicolons or tabs; decimals have a point or a comma; the line with
the columns' names may come after a title or a `sep=`.
"""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from simulator.tracks.gathering import Gathering
from simulator.tracks.names import Columns, Meaning, columns_of, looks_like_accuracy
from simulator.tracks.points import BadTrack
from simulator.tracks.text import Text

DELIMITERS = ",;\t|"
HEADER_LINES = 20  # as far down as a line with names is looked for
_PLACE = (Meaning.LAT, Meaning.LON)
_SOUGHT = {
    Meaning.INSTANT: "time, timestamp, fixTime, date and time, fecha y hora, ...",
    Meaning.LAT: "lat, latitude, latitud, ...",
    Meaning.LON: "lon, lng, longitude, longitud, ...",
}
_NAMES_SHOWN = 12


class Layout(NamedTuple):
    """How a table is written. `line`: of its columns' names, counted from 1."""

    line: int
    delimiter: str
    names: tuple[str, ...]
    columns: Columns


def layout_of(text: str) -> Layout | None:
    """The table's layout; None where no line of the first names a time and a position."""
    found = _best(text)
    return found if found is not None and not _missing(found.columns) else None


def complaint(text: str) -> str | None:
    """What is missing in what looks like a table; None where it does not even look like one."""
    best = _best(text)
    if best is None:
        return None
    missing = _missing(best.columns)
    sought = " and ".join(f"{meaning} ({_SOUGHT[meaning]})" for meaning in missing)
    named = ", ".join(repr(name[:40]) for name in best.names[:_NAMES_SHOWN])
    return (
        f"a table, but no column for its {sought}; line {best.line} has the columns {named}"
        f"{', ...' if len(best.names) > _NAMES_SHOWN else ''}; right would be a line of names "
        "such as time,lat,lon,accuracy_m"
    )


def read_sheet(text: Text, layout: Layout, into: Gathering) -> None:
    """Take every row. Raises BadTrack naming the line and the column."""
    into.decimal_mark = _decimal_mark(text.text, layout)
    for where, cells in _rows(text.text, layout):
        said: dict[str, str] = {}
        for name, cell in zip(layout.names, cells, strict=False):
            said.setdefault(name, cell)
        for name in layout.names[len(cells) :]:
            said.setdefault(name, "")
        said.pop("", None)
        into.take(said, where)


def _best(text: str) -> Layout | None:
    """The line and delimiter that make the most of the names that are looked for."""
    best, most = None, 0
    for number, line in enumerate(islice(_lines(text), HEADER_LINES), 1):
        for delimiter in DELIMITERS:
            names = _names(line, delimiter)
            if len(names) < 2:
                continue
            columns = columns_of(names)
            score = 100 * len(columns.read) + any(looks_like_accuracy(one) for one in names)
            if best is None or score > most:
                best, most = Layout(number, delimiter, names, columns), score
    return best


def _names(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return ()
    return tuple(cell.strip() for cell in cells)


def _missing(columns: Columns) -> list[Meaning]:
    missing = [meaning for meaning in _PLACE if meaning not in columns.read]
    timed = Meaning.INSTANT in columns.read or Meaning.DATE in columns.read
    return missing if timed else [Meaning.INSTANT, *missing]


def _lines(text: str) -> Iterator[str]:
    return io.StringIO(text, newline="")


def _rows(text: str, layout: Layout) -> Iterator[tuple[str, list[str]]]:
    """Rows that hold something, each with the place of its position."""
    lines = islice(_lines(text), layout.line, None)
    rows = csv.reader(lines, delimiter=layout.delimiter, skipinitialspace=True)
    try:
        for cells in rows:
            where = f"line {layout.line + rows.line_num}"
            if any(cell.strip() for cell in cells[len(layout.names) :]):
                raise BadTrack(
                    f"{where}, column {len(layout.names) + 1}: {len(cells)} cells where line "
                    f"{layout.line} names {len(layout.names)} columns; decimal commas need "
                    "semicolons between the cells, or quotes around them"
                )
            if any(cell.strip() for cell in cells):
                yield where, cells
    except csv.Error as error:
        raise BadTrack(f"line {layout.line + rows.line_num}: {error}") from error


def _decimal_mark(text: str, layout: Layout) -> str:
    """The decimal mark of the positions, which is the file's. Raises BadTrack for two of them."""
    indexes = [layout.names.index(layout.columns.read[meaning].name) for meaning in _PLACE]
    seen: dict[str, str] = {}
    for where, cells in _rows(text, layout):
        for index in indexes:
            cell = cells[index] if index < len(cells) else ""
            for mark in ".,":
                if mark in cell:
                    seen.setdefault(mark, f"{where}, column {index + 1}: {cell[:40]}")
    if len(seen) == 2:
        raise BadTrack(
            f"{seen['.']} has a decimal point, {seen[',']} a decimal comma; "
            "a table has one decimal mark"
        )
    return "," if "," in seen else "."
