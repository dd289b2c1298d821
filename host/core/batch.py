"""What opens a host's run in the audit, and what closes each step: the rows that it logged, and the
states that it left behind.

The states are bound as one number, the sum modulo 2^256 of SHA-256 over each entity's newest
state, so that a step pays only for what it changes, and a host can tell at its start whether what
it is about to go on from is what the last step left. A sum is weaker than a hash over everything:
whoever may choose very many states could make two sums alike. Whoever can write the file can also
forge the chain's end, though, and `verify` compares each state by itself.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Self
from zlib import crc32

from host.core.audit import BATCH, STARTED, Chain, Entry
from host.core.outcome import Outcome
from host.core.transcript import digest_of, row_bytes
from host.ingest.row import RecordRow
from host.registry.types import DEFAULT_POLICY, Registry

CHECK_BYTES = 4

# By which decisions are made. Raised whenever the same inputs lead to other decisions or states
# than before: a host that finds the states of other rules takes them over, and nothing from
# before is held against rules that came later (tests/host/evidence/test_rules.py holds it to it).
RULES = 12

# From what a host went on, as it says in the audit when it starts.
VOUCHED = "vouched"  # the states in the store, which are what the chain's last step left
RECOMPUTED = "recomputed"  # they were not: all decisions were made again from the log
AFRESH = "afresh"  # nor could they be recomputed: from nothing
TAKEN = "taken"  # other rules had led to them: they are in the entry, all of them

_MODULUS = 1 << 256
_from_bytes = int.from_bytes

States = Mapping[str, bytes]  # entity -> state; an empty one is of an entity that is over
# "states": one of the four above, "taken" or "disputed" beside it; "at_work_ms": when an earlier
# run is last known to have been at work.
Origin = Mapping[str, Any]


class StateSum:
    """The sum over the newest states of all units, orders and escalations."""

    __slots__ = ("_escalations", "_orders", "_sum", "_units")

    def __init__(self) -> None:
        self._sum = 0
        self._units: dict[str, int] = {}
        self._orders: dict[str, int] = {}
        self._escalations: dict[str, int] = {}

    @classmethod
    def of(cls, units: States, orders: States, escalations: States) -> Self:
        """Over these states."""
        states = cls()
        states.take(units, orders, escalations)
        return states

    @property
    def hex(self) -> str:
        """64 hexadecimal digits."""
        return f"{self._sum:064x}"

    def take(self, units: States, orders: States, escalations: States) -> None:
        """Count states that are stored."""
        self._take(b"unit ", self._units, units)
        self._take(b"order ", self._orders, orders)
        self._take(b"escalation ", self._escalations, escalations)

    def keep_changes(self, outcome: Outcome) -> bool:
        """Count an outcome's states, and take out of it those that are as they were.

        Returns whether any has changed.
        """
        for same, states in (
            (self._take(b"unit ", self._units, outcome.units), outcome.units),
            (self._take(b"order ", self._orders, outcome.orders), outcome.orders),
            (
                self._take(b"escalation ", self._escalations, outcome.escalations),
                outcome.escalations,
            ),
        ):
            for entity in same:
                del states[entity]
        return bool(outcome.units or outcome.orders or outcome.escalations)

    def _take(self, kind: bytes, known: dict[str, int], states: States) -> list[str]:
        """Returns the entities whose state is what it was."""
        same = []
        total = self._sum
        for entity, state in states.items():
            number = 0
            if state:
                text = b"%b%b\0%b" % (kind, entity.encode(errors="surrogateescape"), state)
                number = _from_bytes(sha256(text).digest(), "big")
            before = known.get(entity, 0)
            if number == before:
                same.append(entity)
            else:
                total += number - before
                known[entity] = number
        self._sum = total % _MODULUS
        return same


def start(
    chain: Chain,
    registry: Registry,
    policies: dict[str, str],
    origin: Origin,
    now_ms: int,
) -> Entry:
    """Chain from what a host begins: a registry, the policies in force (name: digest), and states
    of this `origin`."""
    others = dict(policies)
    data: dict[str, Any] = {
        "entry": registry.entry,
        "registry": digest_of(registry),
        "policy": others.pop(DEFAULT_POLICY),
    }
    if others:
        data["policies"] = others
    if chain.binds_states:
        data |= {"entered": registry.hash, "rules": RULES, **origin}
    return chain.append(STARTED, "", data, now_ms)


def close(outcome: Outcome, chain: Chain, states: StateSum, now_ms: int) -> None:
    """Chain what a step did, if it did anything, as the last of the step's entries.

    Some rows hold little that cannot be guessed (who acknowledged what): salted like all entries.
    """
    changed = states.keep_changes(outcome)
    if not (outcome.records or (chain.binds_states and (changed or outcome.audit))):
        return
    rows = [row_bytes(row) for row in outcome.records]
    data: dict[str, Any] = {"count": len(rows), "digest": sha256(b"".join(rows)).hexdigest()}
    if outcome.parted:  # where the rows alone do not say how messages were cut
        data["parted"] = outcome.parted
    if chain.binds_states:
        data["checks"] = b"".join([crc32(row).to_bytes(CHECK_BYTES, "big") for row in rows]).hex()
        data["states"] = states.hex
    outcome.audit.append(chain.append(BATCH, "", data, now_ms))


def taken(units: States, orders: States, escalations: States) -> dict[str, Any]:
    """What the audit says of states that other rules have led to: all of them, as they are."""
    kinds = {"units": units, "orders": orders, "escalations": escalations}
    texts = {
        kind: {entity: state.hex() for entity, state in states.items()}
        for kind, states in kinds.items()
    }
    return {"states": TAKEN, "taken": texts}


def rules_of(started: Mapping[str, Any]) -> int:
    """By which rules a host decided that said this when it started; 0 for a time before them."""
    return int(started.get("rules", 0))


def taken_states(data: Mapping[str, Any]) -> dict[str, dict[str, bytes]]:
    """The inverse of `taken`."""
    return {
        kind: {entity: bytes.fromhex(state) for entity, state in states.items()}
        for kind, states in data["taken"].items()
    }


def check_of(row: RecordRow) -> str:
    """By which a row that was altered can be told from the others of its batch."""
    return crc32(row_bytes(row)).to_bytes(CHECK_BYTES, "big").hex()
