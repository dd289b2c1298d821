"""The centre as the store knows it: how a host begins, real or simulated, and begins anew.

A host goes on only from states that the chain vouches for. Where those in the store are others,
all decisions are made again from the log; where that cannot be done either, it begins afresh: every
order is unassured until its units have been heard.
"""

import logging
import time
from collections.abc import Sequence

from host.base.errors import ResguardoError
from host.core.audit import Chain
from host.core.batch import AFRESH, RECOMPUTED, RULES, VOUCHED, Origin, StateSum, rules_of, taken
from host.core.centre import Centre
from host.core.outcome import Outcome
from host.escalation.policies import Policies, readable
from host.evidence.difference import plain
from host.evidence.recompute import States
from host.evidence.states import bound_sum, recomputed_states
from host.store.states import ESCALATION, ORDER, UNIT
from host.store.store import Store

_PARTS = {UNIT: "units", ORDER: "orders", ESCALATION: "escalations"}  # of States, by kind
_TOLD_MAX = 20  # names of states that are not as they should be

_log = logging.getLogger(__name__)


def revive(store: Store, secret: bytes, now_ms: int, pending: Sequence[Outcome] = ()) -> Centre:
    """A centre that goes on from what is stored, and from `pending` that soon will be.

    `pending`: every outcome, oldest first, that is not known to be committed. Those that are
    committed while this reads change nothing: each only says again what the store holds by then.
    Raises ResguardoError where something is pending and the states are not what the chain says.
    """
    states = {part: store.states(kind) for kind, part in _PARTS.items()}
    last = store.last_audit_entry()
    for outcome in pending:
        states["units"] |= outcome.units
        states["orders"] |= outcome.orders
        states["escalations"] |= outcome.escalations
        if outcome.audit:
            last = outcome.audit[-1]
    origin: Origin = {"states": VOUCHED}
    try:
        bound, dispute = bound_sum(last), "the states in the store are not those of its audit"
    except ResguardoError as error:
        bound, dispute = "", str(error)
    vouched = bound == StateSum.of(**states).hex
    if pending and not vouched:
        raise ResguardoError(f"{dispute}: the host has to be started again")
    if bound is None or (vouched and last and not pending and _others_led_to_it(store)):
        origin = taken(**states)
    elif not vouched:
        _log.error("%s: recomputing them from the log", dispute)
        states, origin = _work_out(store, secret, states)
    if origin["states"] != VOUCHED:
        store.log.replace_states({kind: states[part] for kind, part in _PARTS.items()})
    if last is not None:
        origin = {**origin, "at_work_ms": last.at_ms}
    chain = Chain(secret) if last is None else Chain(secret, last.number, last.hash)
    registry = store.registry()
    policies = Policies(registry.policies, readable(store.policies()))
    return Centre(
        registry, now_ms, secret, chain=chain, policies=policies, states=states, origin=origin
    )


def _others_led_to_it(store: Store) -> bool:
    """Whether the last host decided by other rules than this one's."""
    return rules_of(store.last_start()) != RULES


def _work_out(store: Store, secret: bytes, before: States) -> tuple[States, Origin]:
    """What the log leads to, or nothing where that cannot be told."""
    began = time.monotonic()
    try:
        states = recomputed_states(store, secret)
    except (ResguardoError, ValueError, TypeError, KeyError) as error:
        _log.error("they cannot be recomputed, so the host begins afresh: %s", error)
        return {part: {} for part in before}, {"states": AFRESH, "disputed": [str(error)]}
    disputed = _differing(before, states)
    _log.error("recomputed in %.1f s: %s", time.monotonic() - began, ", ".join(disputed))
    return states, {"states": RECOMPUTED, "disputed": disputed}


def _differing(before: States, after: States) -> list[str]:
    """Names of what is not the same in both, not too many."""
    names = [
        f"{part} {plain(entity)}"
        for part, states in after.items()
        for entity in sorted({*states, *before[part]})
        if states.get(entity, b"") != before[part].get(entity, b"")
    ]
    return names[:_TOLD_MAX]
