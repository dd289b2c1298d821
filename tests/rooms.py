"""Which room may import from which; and who imports what, read from the sources.

A room is a folder of `host/` or `simulator/`, or all of another part. Lazy imports count, and so
does a module that is named in a text, which somebody imports by that name.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

WIRE = "protocol"
# Imports go down these lists and never up.
_BELOW = {
    "host/base": set[str](),
    "host/registry": {"host/base"},
    "host/proximity": {"host/base", "host/registry"},
    "host/ingest": {"host/base", "host/registry", "host/proximity"},
    "host/escalation": {"host/base", "host/registry", "host/proximity"},
}
_BELOW_CORE = set(_BELOW)
_HOST = {
    **_BELOW,
    "host/core": _BELOW_CORE,
    "host/accounts": {"host/base", "host/registry", "host/escalation"},
    "host/store": {*_BELOW_CORE, "host/core", "host/accounts"},
    "host/evidence": {*_BELOW_CORE, "host/core", "host/accounts", "host/store"},
    "host/web": {"host/base", "host/registry", "host/escalation", "host/accounts"},
    "host/service": {
        *_BELOW_CORE,
        *("host/core", "host/accounts", "host/evidence", "host/store", "host/web"),
    },
}
_HOST["host/commands"] = set(_HOST)
_PLAYED = {"simulator/parts", "simulator/judges", "simulator/worlds"}  # one system among them
_SIMULATOR = {
    "simulator/tracks": set[str](),
    "simulator/scenario": {"simulator/tracks"},
    **{room: {*_PLAYED, "simulator/scenario", "simulator/tracks"} for room in _PLAYED},
    "simulator/report": {*_PLAYED, "simulator/scenario", "simulator/tracks"},
    "simulator/swarm": {*_PLAYED, "simulator/scenario", "simulator/tracks"},
    "simulator/days": {*_PLAYED, "simulator/scenario", "simulator/tracks", "simulator/report"},
}
_SIMULATOR["simulator/commands"] = set(_SIMULATOR)
# Room -> the rooms that it may import from, besides itself.
ROOMS: dict[str, set[str]] = {
    WIRE: set(),
    "firmware": {WIRE},
    "host": set(),
    **{room: {*others, WIRE} for room, others in _HOST.items()},
    "simulator": set(),
    **{room: {*others, WIRE, "firmware", *_HOST} for room, others in _SIMULATOR.items()},
}
# File -> a room that it may import from all the same.
REASONS = {
    # One command line for the whole house: it names the simulator's commands, and imports the one
    # that is used when it is used.
    "host/commands/cli.py": "simulator/commands",
}


def room_of(file: str) -> str:
    """Where a module is: "host/core/x.py" is in "host/core", all of the firmware in one room."""
    part, *folders = PurePosixPath(file).parent.parts
    return "/".join([part, *folders[:1]]) if part in ("host", "simulator") else part


def imports(file: str, source: str, files: Mapping[str, str]) -> Iterator[str]:
    """The files of ours that one of them imports, wherever in it. `files`: module -> file."""
    package = file.split("/")[:-1]
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parent = package[: len(package) + 1 - node.level] if node.level else []
            base = ".".join([*parent, *filter(None, [node.module])])
            names = [f"{base}.{alias.name}" for alias in node.names]
            names = [name if name in files else base for name in names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = [node.value] if "." in node.value else []
        yield from (files[name] for name in names if name in files)


def faults(graph: Mapping[str, set[str]]) -> list[str]:
    """What is wrong with these imports (file -> files), each in one line."""
    wrong = [f"{file}: {room_of(file)} is no room" for file in graph if room_of(file) not in ROOMS]
    for file, imported in graph.items():
        allowed = {room_of(file), *ROOMS.get(room_of(file), ()), REASONS.get(file)}
        rooms = sorted({room_of(other) for other in imported} - allowed)
        wrong += [f"{file} imports from {room}" for room in rooms]
    return wrong + [f"a circle: {' -> '.join(circle)}" for circle in circles(graph)]


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """One circle of imports through each file that is in any and was in none before."""
    done: set[str] = set()
    found: list[list[str]] = []

    def follow(file: str, path: list[str]) -> None:
        if file in path:
            found.append([*path[path.index(file) :], file])
        elif file not in done:
            for other in sorted(graph.get(file, ())):
                follow(other, [*path, file])
            done.add(file)

    for file in graph:
        follow(file, [])
    return found
