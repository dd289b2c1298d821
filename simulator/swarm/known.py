"""Kinds of trouble that the system does not yet stand, each with what happens.

A world that fails is told as *known* when it holds without such a kind of trouble, and only then:
whatever else is wrong with it would still show. A kind leaves this list when it is mended.
"""

from copy import deepcopy

from simulator.swarm.draw import Document

_CONTRADICTING = "fixes that contradict each other are not yet kept as hypotheses"

KNOWN: dict[str, str] = {
    "alternate": _CONTRADICTING,
    "drift": _CONTRADICTING,
    "freeze": _CONTRADICTING,
    "jump": _CONTRADICTING,
    "repeat": "an epoch told twice counts as further evidence",
}


def without(document: Document, kind: str) -> Document:
    """The same world without one kind of fault."""
    other = deepcopy(document)
    other["faults"] = [one for one in other["faults"] if one["fault"] != kind]
    return other


def kinds(document: Document) -> list[str]:
    """Those that a world contains."""
    return sorted({one["fault"] for one in document["faults"]} & KNOWN.keys())
