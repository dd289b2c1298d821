"""Names of time zones, as the pinned tzdata has them: not every machine has files of its own."""

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


def _known(written: str) -> str:
    if written not in names():
        raise ValueError("no time zone has this name; America/Guatemala would be one")
    return written


TimeZone = Annotated[str, AfterValidator(_known)]
