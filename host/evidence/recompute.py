"""Evidence can be recomputed: the log of inputs goes through a fresh centre, whose decisions must
be those of the audit, entry by entry and hash by hash.

The audit says how the log was cut into steps (its "batch" entries) and where a host began anew
from what was stored (its "host.started" entries).
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

import orjson

from host.base.errors import ResguardoError
from host.core.audit import BATCH, GENESIS, STARTED, Chain, Entry
from host.core.centre import Centre
from host.core.outcome import Outcome
from host.core.transcript import (
    POISON,
    Unreadable,
    digest_of,
    inputs_of,
    item_json,
    row_bytes,
)
from host.escalation.policies import Policies, readable
from host.escalation.policy import default
from host.ingest.row import RecordRow
from host.registry.types import DEFAULT_POLICY, Item, PolicyDocument, registry_of

Numbered = tuple[int, RecordRow]


class Differs(ResguardoError):
    """What is recorded is not what the inputs lead to. The message names the first difference."""


class Report(NamedTuple):
    """What was recomputed, and is the same."""

    rows: int
    entries: int
    starts: int
    last_hash: bytes


def recompute(
    rows: Iterator[Numbered],
    audit: Iterable[Entry],
    items: Sequence[tuple[int, Item]],
    secret: bytes,
) -> Report:
    """Recompute all of a log. Raises Differs.

    rows: the input log from its beginning. audit: the chain from its beginning, verified.
    items: all that was entered in the registry, with the entries' numbers. secret: the host's.
    """
    replay = _Replay(rows, items, secret)
    block: list[Entry] = []
    for entry in audit:
        if entry.kind == STARTED:
            replay.let_pass(block)
            replay.start(entry)
            block = []
        block.append(entry)
        if entry.kind == BATCH:
            replay.batch(block)
            block = []
    replay.let_pass(block)
    return replay.report()


class _Replay:
    def __init__(
        self,
        rows: Iterator[Numbered],
        items: Sequence[tuple[int, Item]],
        secret: bytes,
    ) -> None:
        self._rows = rows
        self._items = items
        self._item_of = {item_json(item): item for _, item in items}
        self._secret = secret
        entered = (item for _, item in items if isinstance(item, PolicyDocument))
        self._known = {**readable(entered), default().digest: default()}
        self._centre: Centre | None = None
        self._states: dict[str, dict[str, bytes]] = {"units": {}, "orders": {}, "escalations": {}}
        self._read = self._starts = self._entries = 0
        self._hash = GENESIS

    def report(self) -> Report:
        return Report(self._read, self._entries, self._starts, self._hash)

    def start(self, entry: Entry) -> None:
        """A host began, from the registry of that time and what was stored."""
        data = _data(entry)
        known = [item for item in self._items if item[0] <= data["entry"]]
        registry = registry_of(known)
        if digest_of(registry) != data["registry"]:
            raise Differs(f"the registry is not the one that audit entry {entry.number} holds")
        policies = Policies(registry.policies, self._known)
        policy = self._known.get(data["policy"])
        if policy is None:
            raise Differs(
                f"audit entry {entry.number}: the host went by policy {data['policy']}, "
                "which is not in the database or can be read no more"
            )
        chain = Chain(self._secret, self._entries, self._hash)
        policies.put_policy(DEFAULT_POLICY, policy)
        self._centre = Centre(registry, entry.at_ms, self._secret, chain, policies)
        self._centre.restore(**self._states)
        self._starts += 1

    def let_pass(self, block: list[Entry]) -> None:
        """Entries that no input led to: deadlines."""
        if block:
            self._compare(block, [self._step([], block[-1].at_ms, block)])

    def batch(self, block: list[Entry]) -> None:
        """Entries up to that for a batch of inputs."""
        last = block[-1]
        data = _data(last)
        rows = self._take(data, last)
        if rows[-1].verdict == POISON:
            before = [entry for entry in block[:-1] if entry.kind != STARTED]
            outcomes = [self._step([], before[-1].at_ms, block)] if before else []
            outcomes.append(self._running(block).set_aside(rows[-1]))
        else:
            try:
                inputs = inputs_of(rows, data.get("parted", ()), self._item_of)
            except Unreadable as error:
                raise Differs(f"input rows up to {self._read}: {error}") from error
            outcomes = [self._step(inputs, last.at_ms, block)]
        self._compare_rows(rows, [row for told in outcomes for row in told.records])
        self._compare(block, outcomes)

    def _take(self, data: dict[str, Any], batch: Entry) -> list[RecordRow]:
        """The rows of a batch, as its entry holds them."""
        first, digest = self._read + 1, sha256()
        rows = []
        for number, row in islice(self._rows, data["count"]):
            self._read += 1
            if number != self._read:
                raise Differs(f"input row {self._read} is missing")
            if not isinstance(row.sealed, bytes):
                raise Differs(f"input row {number}: its sealed bytes have become something else")
            digest.update(row_bytes(row))
            rows.append(row)
        if len(rows) < data["count"]:
            raise Differs(f"input row {self._read + 1} is missing")
        if digest.hexdigest() != data["digest"]:
            span = f"row {first} is" if len(rows) == 1 else f"rows {first} to {self._read} are"
            raise Differs(f"input {span} not what audit entry {batch.number} holds")
        return rows

    def _step(self, inputs: list[Any], now_ms: int, block: list[Entry]) -> Outcome:
        return self._running(block).step(inputs, now_ms)

    def _running(self, block: list[Entry]) -> Centre:
        if self._centre is None:
            raise Differs(f"audit entry {block[0].number} is of no host that was started")
        return self._centre

    def _compare_rows(self, rows: list[RecordRow], computed: list[RecordRow]) -> None:
        first = self._read - len(rows) + 1
        for number, (row, other) in enumerate(zip(rows, computed, strict=False), first):
            for name in RecordRow._fields:
                if getattr(row, name) != getattr(other, name):
                    raise Differs(f"input row {number}: {name} does not follow from the inputs")
        if len(rows) != len(computed):
            raise Differs(f"input row {first + min(len(rows), len(computed))} does not follow")

    def _compare(self, block: list[Entry], outcomes: list[Outcome]) -> None:
        computed = [entry for told in outcomes for entry in told.audit]
        for told in outcomes:
            for kind, states in self._states.items():
                states.update(getattr(told, kind))
        for entry, other in zip(block, computed, strict=False):
            if entry.hash != other.hash:
                raise Differs(f"audit entry {entry.number}: {_difference(entry, other)}")
        if len(block) > len(computed):
            extra = block[len(computed)]
            raise Differs(f"audit entry {extra.number} ({_name(extra)}) follows from no input")
        if len(block) < len(computed):
            lacking = computed[len(block)]
            raise Differs(f"after audit entry {block[-1].number}, {_name(lacking)} is missing")
        self._entries, self._hash = block[-1].number, block[-1].hash


def _data(entry: Entry) -> dict[str, Any]:
    if entry.data is None:
        raise Differs(f"audit entry {entry.number}: its data has been deleted")
    data: dict[str, Any] = orjson.loads(entry.data)
    return data


def _name(entry: Entry) -> str:
    return f"{entry.kind} of order {entry.order}" if entry.order else entry.kind


def _difference(entry: Entry, other: Entry) -> str:
    for name in ("kind", "order", "at_ms"):
        recorded, recomputed = getattr(entry, name), getattr(other, name)
        if recorded != recomputed:
            return f"{name} is {recorded}, recomputed {recomputed}"
    if entry.data is None or other.data is None or entry.data == other.data:
        return "its commitment is not the one recomputed"
    recorded, recomputed = orjson.loads(entry.data), orjson.loads(other.data)
    for key in sorted({*recorded, *recomputed}):
        if recorded.get(key) != recomputed.get(key):
            return f"{key} is {recorded.get(key)}, recomputed {recomputed.get(key)}"
    return "its data is written differently"
