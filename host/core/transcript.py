"""The input log: what each input leaves in it, and the inputs read back from it.

A record leaves its own sealed bytes; the rows of one message stand together, in the message's
order, with the message's unit and time. Every other input leaves its JSON. What changes nothing
(a copy, a connection that stands) leaves nothing.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from typing import Any

import orjson

from host.base.errors import ResguardoError
from host.core.outcome import (
    Changed,
    Connection,
    CutOff,
    Entered,
    Found,
    Input,
    Placed,
    Received,
)
from host.core.timers import Key
from host.escalation.act import Act, Verb
from host.ingest.row import RecordRow, log_row
from host.proximity.fix import pack, unpack
from host.registry.types import Assignment, Item, Registry, Unit

RECORD_KINDS = frozenset(
    ("fix", "event", "boot", "receipt", "tombstone", "unknown", "record", "message")
)
POISON = "poison"
CONNECTION = "connection"
CUT_OFF = "cut_off"
OF_THE_BROKER = frozenset((CONNECTION, CUT_OFF))
DEADLINE = "deadline"


def row_bytes(row: RecordRow) -> bytes:
    """What the audit chains of a row. The other columns can be read from `sealed`."""
    head = (
        f"{row.received_ms} {row.unit} {row.kind} {row.sequence} {row.verdict} {len(row.sealed)} "
    )
    return head.encode(errors="surrogateescape") + row.sealed


# Inputs other than messages


def connected(connection: Connection, now_ms: int) -> RecordRow:
    return log_row(now_ms, connection.unit, CONNECTION, _json({"up": connection.up}))


def cut_off(cut: CutOff, now_ms: int) -> RecordRow:
    return log_row(now_ms, "", CUT_OFF, _json({"since_ms": cut.since_ms}))


def acted(act: Act, now_ms: int) -> RecordRow:
    data = asdict(act)
    del data["at_ms"]  # the row has it
    return log_row(now_ms, "", "act", _json(data))


def changed(item: Item, now_ms: int) -> RecordRow:
    unit = item.unit if isinstance(item, Assignment) else item.id if isinstance(item, Unit) else ""
    return log_row(now_ms, unit, "registry", item_json(item))


def placed(place: Placed, now_ms: int) -> RecordRow:
    data = {"person": place.person, "fix": pack(place.fix)}
    return log_row(now_ms, place.fix.unit, "placed", _json(data))


def found(finding: Found, now_ms: int) -> RecordRow:
    data = {
        "order": finding.order,
        "late": pack(finding.late),
        "counterpart": pack(finding.counterpart),
    }
    return log_row(now_ms, finding.late.unit, "found", _json(data))


def entered(head: Entered, now_ms: int) -> RecordRow:
    return log_row(now_ms, "", "entered", _json({"entry": head.entry, "hash": head.hash}))


def sealed_of(item: Input) -> bytes:
    """What the log keeps of an input, whichever it is."""
    if isinstance(item, Received):
        return item.payload
    if isinstance(item, Changed):
        return item_json(item.item)
    return _WRITERS[type(item)](item, 0).sealed


# What a step has failed on


def poison(kind: str, unit: str, sealed: bytes, now_ms: int) -> RecordRow:
    return log_row(now_ms, unit, kind, sealed, -1, POISON)


def failed_input(item: Input, now_ms: int) -> RecordRow:
    return poison("message", getattr(item, "unit", ""), sealed_of(item), now_ms)


def failed_deadline(key: Key, now_ms: int) -> RecordRow:
    return poison(DEADLINE, "", _json(key), now_ms)


def key_of(row: RecordRow) -> Key:
    """Of which timer a failed deadline was."""
    kind, entity = orjson.loads(row.sealed)
    return kind, entity


def digest_of(registry: Registry) -> str:
    """SHA-256 over all of a registry, in hexadecimal digits."""
    items = (registry.units, registry.assignments, registry.orders)
    return sha256(_without_empty_offices(_json(items))).hexdigest()


def item_json(item: Item) -> bytes:
    """A registry item by its content; of a unit's key only the digest."""
    content = _json({"kind": type(item).__name__.lower(), **orjson.loads(_json(item))})
    return _without_empty_offices(content)


def _without_empty_offices(content: bytes) -> bytes:
    """An office that is not named is left out, as before there were any. Within a text there is no
    quotation mark that is not escaped, and neither key is an object's first."""
    return content.replace(b',"court":""', b"").replace(b',"station":""', b"")


def _json(data: Any) -> bytes:
    return orjson.dumps(data, default=_digest, option=orjson.OPT_SORT_KEYS)


def _digest(secret: Any) -> str:
    if not isinstance(secret, bytes):
        raise TypeError(f"{type(secret).__name__} is no part of an input")
    return sha256(secret).hexdigest()


_WRITERS: dict[type, Callable[[Any, int], RecordRow]] = {
    Connection: connected,
    CutOff: cut_off,
    Act: acted,
    Placed: placed,
    Found: found,
    Entered: entered,
}


# Reading back


class Unreadable(ResguardoError):
    """A row that no input can be made of. `args[0]`: why."""


def inputs_of(
    rows: Sequence[RecordRow], parted: Container[int], items: Mapping[bytes, Item]
) -> list[Input]:
    """The inputs that left these rows, which one step logged.

    `parted`: where a message begins although the row before is of the same unit and millisecond.
    `items`: the registry's, by their `item_json`. Raises Unreadable.
    """
    inputs: list[Input] = []
    before: tuple[int, str] | None = None  # of the message that the last row belongs to
    for place, row in enumerate(rows):
        if row.kind not in RECORD_KINDS:
            inputs.append(_input_of(row, items))
            before = None
            continue
        message = (row.received_ms, row.unit)
        last = inputs[-1] if message == before and place not in parted else None
        if isinstance(last, Received):
            inputs[-1] = last._replace(payload=last.payload + row.sealed)
        else:
            inputs.append(Received(row.unit, row.sealed, row.received_ms))
        before = message
    return inputs


def _input_of(row: RecordRow, items: Mapping[bytes, Item]) -> Input:
    at_ms = row.received_ms
    if row.kind == "registry":
        item = items.get(row.sealed)
        if item is None:
            raise Unreadable("the registry holds no such entry")
        return Changed(item, at_ms)
    try:
        data = orjson.loads(row.sealed)
        if row.kind == CONNECTION:
            return Connection(row.unit, data["up"], at_ms)
        if row.kind == CUT_OFF:
            return CutOff(data["since_ms"], at_ms)
        if row.kind == "act":
            return Act(**{**data, "verb": Verb(data["verb"]), "at_ms": at_ms})
        if row.kind == "placed":
            return Placed(data["person"], _fix(data["fix"]), at_ms)
        if row.kind == "entered":
            return Entered(data["entry"], data["hash"], at_ms)
        if row.kind == "found":
            return Found(data["order"], _fix(data["late"]), _fix(data["counterpart"]), at_ms)
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"it cannot be read: {error}") from error
    raise Unreadable(f"{row.kind!r} is no kind of input")


def _fix(state: list[Any]) -> Any:
    fix = unpack(state)
    if fix is None:
        raise ValueError("a fix is missing")
    return fix
