"""XML, element by element, from files that nobody vouches for.

The standard library's expat, with what makes a small file expand to gigabytes refused: a track
needs no entities. Nothing is fetched, and no tree is built.
"""

from collections.abc import Mapping
from typing import Protocol
from xml.parsers import expat

from simulator.tracks.points import BadTrack

DEPTH_MAX = 100


class Elements(Protocol):
    """What reads a kind of XML file. Names are local, whatever their namespace."""

    def begin(self, path: list[str], attributes: Mapping[str, str], where: str) -> None:
        """An element begins; it is the last of the path, the root the first."""

    def end(self, path: list[str], text: str) -> None:
        """An element ends; its own text, as far as it comes after the elements in it."""


def walk(text: str, kinds: Mapping[str, Elements]) -> str:
    """Tell a file's elements to whoever reads files of its root; returns the root's name.

    Raises BadTrack naming line and column.
    """
    parser = expat.ParserCreate("utf-8", " ")  # as encoded here, whatever the file declares
    parser.buffer_text = True
    path: list[str] = []
    texts: list[str] = []
    ended = [""]  # the last element that ended: in the end, the root

    def where() -> str:
        return f"line {parser.CurrentLineNumber}, column {parser.CurrentColumnNumber + 1}"

    def begin(name: str, attributes: dict[str, str]) -> None:
        if len(path) == DEPTH_MAX:
            raise BadTrack(f"{where()}: elements more than {DEPTH_MAX} deep; no track has those")
        path.append(name.rpartition(" ")[2])
        if path[0] not in kinds:
            known = " or ".join(f"<{kind}>" for kind in kinds)
            raise BadTrack(f"{where()}: its root element is <{path[0]}>, a track's is {known}")
        texts.clear()
        kinds[path[0]].begin(path, attributes, where())

    def end(_name: str) -> None:
        kinds[path[0]].end(path, "".join(texts).strip())
        ended[0] = path.pop()
        texts.clear()

    def refuse(name: str, *_: object) -> None:
        raise BadTrack(f"{where()}: it declares the entity {name}; a track needs none")

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = texts.append
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise BadTrack(
            f"line {error.lineno}, column {error.offset + 1}: no well-formed XML: "
            f"{expat.ErrorString(error.code)}"
        ) from error
    return ended[0]
