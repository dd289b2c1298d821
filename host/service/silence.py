"""Many units that fall silent together are one trouble: a broker's, a cell's, a provider's.

Each pair's own alarm rises when its quiet clock says so; this one says at once that there is more
to it than pairs, and whose clocks end first.
"""

from collections.abc import Iterable

from host.ingest.wearer import Wearer
from host.proximity.order import OrderState
from host.proximity.schedule import ALWAYS_MS

WITHIN_MS = 300_000
LEAST = 10
SHARE = 0.05  # of all units that are worn under an order
_NAMED = 5


def fallen_silent(wearers: Iterable[Wearer], now_ms: int) -> str:
    """Of how many units, and the orders of theirs whose own alarms are nearest; "" where they are
    no more than chance would have it."""
    worn = [wearer for wearer in wearers if wearer.orders]
    fallen = [wearer for wearer in worn if 0 <= now_ms - _silent_ms(wearer) <= WITHIN_MS]
    if len(fallen) < max(LEAST, SHARE * len(worn)):
        return ""
    orders = {state.order.id: state for wearer in fallen for state in wearer.orders}
    urgent = sorted(orders.values(), key=_alarm_ms)[:_NAMED]
    names = ", ".join(state.order.id for state in urgent)
    return f"{len(fallen)}/{len(worn)}: {names}{', …' if len(orders) > _NAMED else ''}"


def _silent_ms(wearer: Wearer) -> int:
    """Since when a unit is gone or overdue; never, while it is neither."""
    due_ms = wearer.track.due_ms
    return min(wearer.gone_ms, due_ms) if not wearer.connected and wearer.gone_ms else due_ms


def _alarm_ms(state: OrderState) -> tuple[int, str]:
    at_ms = state.quiet_ms if state.announced.unassured_ms is not None else ALWAYS_MS
    return at_ms, state.order.id
