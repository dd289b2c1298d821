"""The centre as the store knows it: how a host begins, real or simulated, and begins anew."""

from collections.abc import Sequence

from host.core.audit import Chain
from host.core.centre import Centre
from host.core.outcome import Outcome
from host.escalation.policies import Policies, readable
from host.store.states import ESCALATION, ORDER, UNIT
from host.store.store import Store


def revive(store: Store, secret: bytes, now_ms: int, pending: Sequence[Outcome] = ()) -> Centre:
    """A centre that goes on from what is stored, and from `pending` that soon will be.

    `pending`: every outcome, oldest first, that is not known to be committed. Those that are
    committed while this reads change nothing: each only says again what the store holds by then.
    """
    units, orders, escalations = (store.states(kind) for kind in (UNIT, ORDER, ESCALATION))
    number, last_hash = store.audit_head()
    for outcome in pending:
        units |= outcome.units
        orders |= outcome.orders
        escalations |= outcome.escalations
        if outcome.audit:
            number, last_hash = outcome.audit[-1].number, outcome.audit[-1].hash
    registry = store.registry()
    policies = Policies(registry.policies, readable(store.policies()))
    centre = Centre(registry, now_ms, secret, Chain(secret, number, last_hash), policies)
    centre.restore(units, orders, escalations)
    return centre
