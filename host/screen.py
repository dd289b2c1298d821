"""What the console is shown while the centre works: incidents at once, positions a few times a
second, however many records come."""

from itertools import islice
from typing import Any

from host import views
from host.catalogue import Catalogue
from host.centre import Centre
from host.clock import iso
from host.console.feed import Feed
from host.outcome import Outcome

DRAW_S = 0.1
_DRAWN_MAX = 50  # orders a draw, and units: more would hold up the loop; the rest come next


class Screen:
    """Used by the service's thread only. What changes twice between two draws is drawn once, and
    what changes while no page is open is drawn for the next one."""

    def __init__(self, feed: Feed, centre: Centre, catalogue: Catalogue) -> None:
        self._feed = feed
        self.centre = centre
        self._catalogue = catalogue
        # Sets that keep the order of arrival.
        self._pressing: dict[str, None] = {}  # orders whose level or condition has changed
        self._orders: dict[str, None] = {}
        self._units: dict[str, None] = {}
        self._counted = 0

    @property
    def dirty(self) -> bool:
        """Whether there is something to draw, and somebody to see it."""
        return self._feed.followed and bool(self._pressing or self._orders or self._units)

    def touch(self, outcome: Outcome) -> None:
        """These have changed: draw them soon."""
        self._pressing.update((signal.order, None) for signal in outcome.signals)
        self._orders.update(dict.fromkeys(outcome.orders))
        self._units.update(dict.fromkeys(outcome.units))

    def show(self, outcome: Outcome) -> None:
        """Incidents and deliveries, now that they are committed."""
        for incident in outcome.incidents:
            self.tell("incident", views.incident_view(self.centre, incident, self._catalogue))
        for delivery in outcome.deliveries:
            self.tell("delivery", views.delivery_view(delivery))

    def draw(self) -> None:
        """Publish what has changed since the last draw."""
        for order in (*_take(self._pressing), *_take(self._orders)):
            state = self.centre.roster.orders.get(order)
            if state is not None:
                self.tell("order", views.order_view(state))
                for position in views.position_views(state):
                    self.tell("position", position)
        for unit in _take(self._units):
            if unit in self.centre.roster.wearers:
                self.tell("unit", views.unit_view(self.centre, unit))
        counted = self.centre.counters.total()
        if counted != self._counted:
            self._counted = counted
            self.tell("counters", views.counters_view(self.centre))

    def tell(self, kind: str, view: dict[str, Any]) -> None:
        """Publish one event at the centre's time."""
        at = iso(self.centre.now_ms)
        self._feed.publish({"type": kind, "order": None, "at": at, **view})


def _take(keys: dict[str, None]) -> list[str]:
    taken = list(islice(keys, _DRAWN_MAX))
    for key in taken:
        del keys[key]
    return taken
