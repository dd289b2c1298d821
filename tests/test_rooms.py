"""Imports go down the list of rooms and never up, and never in a circle."""

import pytest

from firmware.tools.paths import ROOT
from tests.rooms import ROOMS, WIRE, faults, imports, room_of
from tests.test_repository import files

PARTS = ("protocol/", "firmware/", "host/", "simulator/")
SOURCES = {
    name: path.read_text(encoding="utf-8")
    for path in files()
    if (name := path.relative_to(ROOT).as_posix()).startswith(PARTS) and name.endswith(".py")
    # Alembic runs these by their file names; no room imports them.
    if "/migrations/" not in name
}


def graph(sources: dict[str, str]) -> dict[str, set[str]]:
    """File -> the files that it imports, of these and of the house's."""
    modules = {
        name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name
        for name in {**SOURCES, **sources}
    }
    return {name: set(imports(name, text, modules)) - {name} for name, text in sources.items()}


HOUSE = graph(SOURCES)


def test_no_room_imports_from_one_above_it_and_none_in_a_circle() -> None:
    assert faults(HOUSE) == []


def test_every_room_on_the_list_is_there() -> None:
    assert ROOMS.keys() == {room_of(name) for name in SOURCES}


@pytest.mark.parametrize(
    ("file", "source", "fault"),
    [
        ("host/registry/x.py", "from host.core.centre import Centre", "imports from host/core"),
        ("host/registry/x.py", "from host.core import centre", "imports from host/core"),
        ("host/ingest/x.py", "import host.core.outcome", "imports from host/core"),
        ("host/ingest/x.py", "from ..core import outcome", "imports from host/core"),
        ("host/web/x.py", "def f():\n    from host.commands import cli", "from host/commands"),
        ("host/store/x.py", "import_module('host.service.loop')", "imports from host/service"),
        ("host/core/x.py", "from simulator.parts import noise", "imports from simulator/parts"),
        ("host/service/x.py", "from firmware import journal", "imports from firmware"),
        ("firmware/x.py", "from host.base import clock", "imports from host/base"),
        ("protocol/x.py", "from firmware import utc", "imports from firmware"),
        ("simulator/scenario/x.py", "import simulator.worlds.virtual", "from simulator/worlds"),
        ("host/attic/x.py", "", "host/attic is no room"),
    ],
)
def test_an_import_that_goes_up_is_found(file: str, source: str, fault: str) -> None:
    told = faults({**HOUSE, **graph({file: source})})
    (found,) = (one for one in told if one.startswith(file))
    assert fault in found


def test_a_circle_is_found() -> None:
    made_up = {
        "host/base/x.py": "from host.base import y",
        "host/base/y.py": "from host.base.z import a",
        "host/base/z.py": "def f():\n    import host.base.x",
    }
    (found,) = faults(graph(made_up))
    assert found.startswith("a circle: host/base/x.py -> host/base/y.py -> host/base/z.py")


def test_only_the_wire_is_shared_by_unit_and_host() -> None:
    assert ROOMS["firmware"] == {WIRE}
    assert all("firmware" not in ROOMS[room] for room in ROOMS if room.startswith("host"))
