"""Time zones, as the pinned tzdata has them: not every machine has files of its own."""

import re
from functools import cache
from importlib.resources import files
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator


@cache
def names() -> frozenset[str]:
    """Every name that there is."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@cache
def zone(name: str) -> ZoneInfo | None:
    """The zone of a name; None where there is none.

    From the pinned package: the machine's own files may say something else after an update.
    """
    if name not in names():
        return None
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


@cache
def place(name: str) -> tuple[int, int] | None:
    """Where a zone's principal town is: (lat_e7, lon_e7); None for one of no place, as UTC.

    From tzdata's zone.tab, by way of its links where a name is another one for the same zone.
    """
    towns = _towns()
    return towns.get(name) or towns.get(_links().get(name, ""))


@cache
def _towns() -> dict[str, tuple[int, int]]:
    """Where each named zone is. A line has a country, a place in ISO 6709, and the name."""
    lines = [line.split("\t") for line in _table("zone.tab") if not line.startswith("#")]
    return {name: _place(written) for _, written, name, *_ in lines}


@cache
def _links() -> dict[str, str]:
    """Other names of zones, and whose. A line has an L, the zone, and its other name."""
    lines = [line.split() for line in _table("tzdata.zi") if line.startswith("L ")]
    return {other: name for _, name, other in lines}


def _table(name: str) -> list[str]:
    return files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8").splitlines()


def _place(written: str) -> tuple[int, int]:
    """(lat_e7, lon_e7) of +DDMM+DDDMM or +DDMMSS+DDDMMSS (ISO 6709)."""
    lat, lon = re.findall(r"[+-]\d+", written)
    return _angle_e7(lat, 3), _angle_e7(lon, 4)


def _angle_e7(written: str, degree_end: int) -> int:
    degrees, rest = int(written[1:degree_end]), written[degree_end:].ljust(4, "0")
    seconds = 3600 * degrees + 60 * int(rest[:2]) + int(rest[2:])
    return round(seconds / 3600 * 1e7) * (-1 if written[0] == "-" else 1)


def _known(written: str) -> str:
    if written not in names():
        raise ValueError("no time zone has this name; America/Guatemala would be one")
    return written


TimeZone = Annotated[str, AfterValidator(_known)]
