"""The centre as the store knows it: how a host begins, real or simulated, and begins anew.

A host goes on only from states that the chain vouches for. Where those in the store are others,
all decisions are made again from the log; where that cannot be done either, it begins afresh: every
order is unassured until its units have been heard.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

from host.base.errors import ResguardoError
from host.core.audit import Chain, Entry
from host.core.batch import AFRESH, RECOMPUTED, VOUCHED, StateSum, taken
from host.core.centre import Centre
from host.core.outcome import Outcome
from host.escalation.policies import Policies, readable
from host.evidence.recompute import States
from host.evidence.states import bound_by, recomputed_states
from host.store.states import ESCALATION, ORDER, UNIT
from host.store.store import Store

_TOLD_MAX = 20  # names of states that are not as they should be

_log = logging.getLogger(__name__)


def revive(store: Store, secret: bytes, now_ms: int, pending: Sequence[Outcome] = ()) -> Centre:
    """A centre that goes on from what is stored, and from `pending` that soon will be.

    `pending`: every outcome, oldest first, that is not known to be committed. Those that are
    committed while this reads change nothing: each only says again what the store holds by then.
    Raises ResguardoError where something is pending and the states are not what the chain says.
    """
    states = {
        "units": store.states(UNIT),
        "orders": store.states(ORDER),
        "escalations": store.states(ESCALATION),
    }
    last = store.last_audit_entry()
    for outcome in pending:
        states["units"] |= outcome.units
        states["orders"] |= outcome.orders
        states["escalations"] |= outcome.escalations
        if outcome.audit:
            last = outcome.audit[-1]
    origin: Mapping[str, Any] = {"states": VOUCHED}
    dispute = _dispute(last, states)
    if dispute is not None:
        if pending:
            raise ResguardoError(f"{dispute}: the host has to be started again")
        states, origin = _put_right(store, secret, last, states, dispute)
    chain = Chain(secret) if last is None else Chain(secret, last.number, last.hash)
    registry = store.registry()
    policies = Policies(registry.policies, readable(store.policies()))
    return Centre(
        registry, now_ms, secret, chain=chain, policies=policies, states=states, origin=origin
    )


def _dispute(last: Entry | None, states: States) -> str | None:
    """Why the chain does not vouch for these states, if it does not."""
    try:
        bound = bound_by(last)
    except ResguardoError as error:
        return str(error)
    if bound.sum is None:
        return "an earlier version has not bound the states to the audit"
    if StateSum.of(**states).hex != bound.sum:
        return "the states in the store are not those that the audit vouches for"
    return None


def _put_right(
    store: Store, secret: bytes, last: Entry | None, states: States, dispute: str
) -> tuple[States, Mapping[str, Any]]:
    """The states to go on from, in the store too, and what the audit is to say of them."""
    origin: dict[str, Any]
    if last is not None and _is_earlier(last):
        origin = taken(**states)
    else:
        began = time.monotonic()
        _log.error("%s: recomputing them from the log", dispute)
        before = states
        try:
            states = recomputed_states(store, secret)
        except (ResguardoError, ValueError, TypeError, KeyError) as error:
            states = {kind: {} for kind in states}
            origin = {"states": AFRESH, "disputed": [str(error)]}
            _log.error("they cannot be recomputed, so the host begins afresh: %s", error)
        else:
            origin = {"states": RECOMPUTED, "disputed": _differing(before, states)}
            _log.error("recomputed in %.1f s: %s", time.monotonic() - began, origin["disputed"])
    kinds = {"units": UNIT, "orders": ORDER, "escalations": ESCALATION}
    store.log.replace_states({kinds[part]: of_kind for part, of_kind in states.items()})
    return states, origin


def _is_earlier(last: Entry) -> bool:
    try:
        return bound_by(last).sum is None
    except ResguardoError:
        return False


def _differing(before: States, after: States) -> list[str]:
    """Names of what is not the same in both, not too many."""
    names = [
        f"{part} {entity}"
        for part, states in after.items()
        for entity in sorted({*states, *before[part]})
        if states.get(entity, b"") != before[part].get(entity, b"")
    ]
    return names[:_TOLD_MAX]
