"""Evidence can be recomputed: the log of inputs goes through a fresh centre, whose decisions must
be those of the audit, entry by entry and hash by hash.

The audit says how the log was cut into steps (its "batch" entries) and where a host began anew
from what was stored (its "host.started" entries). Where one took over an earlier version's
states, whose rules may have been others, the centre begins there; of what comes before only that is
looked at which the chain itself holds.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

import orjson

from host.core.audit import BATCH, GENESIS, STARTED, Chain, Entry
from host.core.batch import AFRESH, CHECK_BYTES, TAKEN, check_of, taken_states
from host.core.centre import Centre
from host.core.outcome import Entered, Input, Outcome
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
from host.evidence.difference import Differs, shown
from host.evidence.earlier import Earlier
from host.ingest.row import RecordRow
from host.registry.types import DEFAULT_POLICY, Item, PolicyDocument, Registry, registry_of

Numbered = tuple[int, RecordRow]
States = dict[str, dict[str, bytes]]

_CHECK_DIGITS = 2 * CHECK_BYTES


class Evidence(NamedTuple):
    """What is recomputed from.

    rows: the input log from its beginning. audit: the chain from its beginning, verified.
    items: all that was entered in the registry, with the entries' numbers. secret: the host's.
    hash_of: the hash of an entry in the registry's chain, in hexadecimal digits; "" for none.
    today: the first audit entry that today's rules have led to.
    """

    rows: Iterator[Numbered]
    audit: Iterable[Entry]
    items: Sequence[tuple[int, Item]]
    secret: bytes
    hash_of: Callable[[int], str] = lambda _: ""
    today: int = 1


class Recomputed(NamedTuple):
    """What was recomputed, and is the same."""

    rows: int
    entries: int
    last_hash: bytes
    entered: int  # the last registry entry that the audit binds
    starts: list[tuple[int, str]]  # (audit entry, from which states; "" where it did not say)
    states: States  # as the last step left them: by kind, then by entity
    erased: set[str]  # orders whose incidents and deliveries are not all known any more


def recompute(evidence: Evidence, told: Callable[[Outcome], None] = lambda _: None) -> Recomputed:
    """Recompute what today's rules led to; `told` is given every outcome. Raises Differs."""
    replay = _Replay(evidence, told)
    block: list[Entry] = []
    for entry in evidence.audit:
        try:
            if entry.number < evidence.today:
                replay.pass_over(entry)
                continue
            if entry.kind == STARTED:
                replay.let_pass(block)
                replay.start(entry)
                block = []
            block.append(entry)
            if entry.kind == BATCH:
                replay.batch(block)
                block = []
        except Differs:
            raise
        except Exception as error:  # whatever a forger has put there
            why = f"what it holds cannot be recomputed: {shown(repr(error))}"
            raise Differs("audit", entry.number, why) from error
    replay.let_pass(block)
    return replay.report()


class _Replay:
    def __init__(self, evidence: Evidence, told: Callable[[Outcome], None]) -> None:
        self._rows = evidence.rows
        self._items = evidence.items
        self._item_of = {item_json(item): item for _, item in evidence.items}
        self._secret = evidence.secret
        entered = (item for _, item in evidence.items if isinstance(item, PolicyDocument))
        self._known = {**readable(entered), default().digest: default()}
        self._hash_of = evidence.hash_of
        self._earlier = Earlier(item for _, item in evidence.items if evidence.today > 1)
        self._told = told
        self._centre: Centre | None = None
        self._states: States = {"units": {}, "orders": {}, "escalations": {}}
        self._read = self._entries = self._entered = 0
        self._starts: list[tuple[int, str]] = []
        self._hash = GENESIS

    def report(self) -> Recomputed:
        return Recomputed(
            self._read,
            self._entries,
            self._hash,
            self._entered,
            self._starts,
            self._states,
            self._earlier.erased,
        )

    def pass_over(self, entry: Entry) -> None:
        """What the chain itself holds of an entry that may have been decided by other rules."""
        if entry.kind == STARTED:
            self._begin(entry)
        elif entry.kind == BATCH:
            first = self._read + 1
            for number, row in enumerate(self._take(_data(entry), entry), first):
                self._earlier.check_position(number, row)
        else:
            self._told(self._earlier.outcome_of(entry))
        self._entries, self._hash = entry.number, entry.hash

    def start(self, entry: Entry) -> None:
        """A host began, from the registry of that time and what was stored."""
        data, registry = self._begin(entry)
        policies = Policies(registry.policies, self._known)
        policy = self._known.get(data["policy"])
        if policy is None:
            gone = "which is not in the database or can be read no more"
            went_by = f"the host went by policy {shown(data['policy'])}, {gone}"
            raise Differs("policy_version", None, f"audit row {entry.number}: {went_by}")
        origin = data.get("states", "")
        if origin == AFRESH:
            self._states = {kind: {} for kind in self._states}
        elif origin == TAKEN:
            self._states = taken = taken_states(data)
            units, orders = taken["units"], taken["orders"]
            self._told(Outcome(units=units, orders=orders, escalations=taken["escalations"]))
        chain = Chain(self._secret, self._entries, self._hash, binds_states=bool(origin))
        policies.put_policy(DEFAULT_POLICY, policy)
        told: dict[str, Any] = {
            key: data[key] for key in ("states", "taken", "disputed", "at_work_ms") if key in data
        }
        self._centre = Centre(
            registry,
            entry.at_ms,
            self._secret,
            chain=chain,
            policies=policies,
            states=self._states,
            origin=told,
        )

    def _begin(self, entry: Entry) -> tuple[dict[str, Any], Registry]:
        """What a host says that starts, and the registry that it binds."""
        data = _data(entry)
        known = [item for item in self._items if item[0] <= data["entry"]]
        registry = registry_of(known)
        if digest_of(registry) != data["registry"]:
            raise Differs("audit", entry.number, "the registry is not the one that it holds")
        origin = data.get("states", "")
        if origin:
            self._require_head(data["entry"], data["entered"])
            registry = replace(registry, entry=data["entry"], hash=data["entered"])
        self._starts.append((entry.number, origin))
        return data, registry

    def _require_head(self, entry: int, entered: str) -> None:
        if self._hash_of(entry) != entered:
            raise Differs("registry_link", entry, "its hash is not the one in the audit", "hash")
        self._entered = max(self._entered, entry)

    def let_pass(self, block: list[Entry]) -> None:
        """Entries that no input led to: deadlines."""
        if block:
            self._compare(block, [self._step([], block[-1].at_ms, block)])

    def batch(self, block: list[Entry]) -> None:
        """Entries up to that for a batch of inputs."""
        last = block[-1]
        data = _data(last)
        rows = self._take(data, last)
        if rows and rows[-1].verdict == POISON:
            before = [entry for entry in block[:-1] if entry.kind != STARTED]
            outcomes = [self._step([], before[-1].at_ms, block)] if before else []
            outcomes.append(self._running(block).set_aside(rows[-1]))
        else:
            try:
                inputs = inputs_of(rows, data.get("parted", ()), self._item_of)
            except Unreadable as error:
                raise Differs("input_log", self._read, str(error)) from error
            self._require_heads(inputs)
            outcomes = [self._step(inputs, last.at_ms, block)]
        self._compare_rows(rows, [row for told in outcomes for row in told.records])
        self._compare(block, outcomes)

    def _require_heads(self, inputs: list[Input]) -> None:
        for entered in inputs:
            if isinstance(entered, Entered):
                self._require_head(entered.entry, entered.hash)

    def _take(self, data: dict[str, Any], batch: Entry) -> list[RecordRow]:
        """The rows of a batch, as its entry holds them."""
        first, digest = self._read + 1, sha256()
        rows: list[RecordRow] = []
        checks = data.get("checks", "")
        for number, row in islice(self._rows, data["count"]):
            self._read += 1
            if number != self._read:
                raise Differs("input_log", self._read, "it is missing")
            if not isinstance(row.sealed, bytes):
                raise Differs("input_log", number, "sealed is no longer bytes", "sealed")
            check = checks[_CHECK_DIGITS * len(rows) :][:_CHECK_DIGITS]
            if check and check_of(row) != check:
                raise Differs("input_log", number, f"it is not what audit row {batch.number} holds")
            digest.update(row_bytes(row))
            rows.append(row)
        if len(rows) < data["count"]:
            raise Differs("input_log", self._read + 1, "it is missing")
        if digest.hexdigest() != data["digest"]:
            span = first if len(rows) == 1 else f"{first} to {self._read}"
            raise Differs("input_log", span, f"not what audit row {batch.number} holds")
        return rows

    def _step(self, inputs: list[Any], now_ms: int, block: list[Entry]) -> Outcome:
        return self._running(block).step(inputs, now_ms)

    def _running(self, block: list[Entry]) -> Centre:
        if self._centre is None:
            raise Differs("audit", block[0].number, "it is of no host that was started")
        return self._centre

    def _compare_rows(self, rows: list[RecordRow], computed: list[RecordRow]) -> None:
        first = self._read - len(rows) + 1
        for number, (row, other) in enumerate(zip(rows, computed, strict=False), first):
            for name in RecordRow._fields:
                if getattr(row, name) != getattr(other, name):
                    raise Differs(
                        "input_log", number, f"{name} does not follow from its bytes", name
                    )
        if len(rows) != len(computed):
            number = first + min(len(rows), len(computed))
            raise Differs("input_log", number, "it does not follow from the inputs")

    def _compare(self, block: list[Entry], outcomes: list[Outcome]) -> None:
        computed = [entry for told in outcomes for entry in told.audit]
        for told in outcomes:
            for kind, states in self._states.items():
                states.update(getattr(told, kind))
        for entry, other in zip(block, computed, strict=False):
            if entry.hash != other.hash:
                raise Differs("audit", entry.number, *_difference(entry, other))
        if len(block) > len(computed):
            extra = block[len(computed)]
            raise Differs("audit", extra.number, f"{_name(extra)} follows from no input")
        if len(block) < len(computed):
            lacking = computed[len(block)]
            raise Differs("audit", lacking.number, f"{_name(lacking)} is missing")
        self._entries, self._hash = block[-1].number, block[-1].hash
        for told in outcomes:
            self._told(told)


def _data(entry: Entry) -> dict[str, Any]:
    if entry.data is None:
        why = "its data has been deleted, without which nothing can be recomputed"
        raise Differs("audit_data", entry.number, why)
    data: dict[str, Any] = orjson.loads(entry.data)
    return data


def _name(entry: Entry) -> str:
    return f"{entry.kind} of order {entry.order}" if entry.order else entry.kind


def _difference(entry: Entry, other: Entry) -> tuple[str, str | None]:
    """How they differ, and in which column."""
    columns = {"kind": "kind", "order": "order_id", "at_ms": "at_ms"}
    for name, column in columns.items():
        recorded, recomputed = getattr(entry, name), getattr(other, name)
        if recorded != recomputed:
            return f"{name} is {shown(recorded)}, recomputed {shown(recomputed)}", column
    if entry.data is None or other.data is None or entry.data == other.data:
        return "its commitment is not the one recomputed", "commitment"
    recorded, recomputed = orjson.loads(entry.data), orjson.loads(other.data)
    for key in sorted({*recorded, *recomputed}):
        before, after = recorded.get(key), recomputed.get(key)
        if before != after:
            return f"{key} is {shown(before)}, recomputed {shown(after)}", None
    return "its data is written differently", None
