"""What the console is shown while the centre works: incidents at once, positions a few times a
second, however many records come."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from host.accounts.may import Concern
from host.base.catalogue import Catalogue
from host.base.clock import iso
from host.core.centre import Centre
from host.core.outcome import Outcome
from host.escalation.act import Verb
from host.escalation.delivery import Delivery
from host.escalation.incident import Incident
from host.service import views
from host.service.views import View
from host.web.feed import Feed

Picture = tuple[str, View]  # its kind, and what it shows
DRAW_S = 0.1
DRAWN_MAX = 50  # orders a draw, and units: more would hold up the loop; the rest come next

_log = logging.getLogger(__name__)


class Screen:
    """Used by the service's thread only. What changes twice between two draws is drawn once, and
    what changes while no page is open is drawn for the next one.

    What cannot be drawn is left out, and `failure` says so: it must stop neither the centre nor
    the rest of the page.
    """

    def __init__(
        self,
        feed: Feed,
        centre: Callable[[], Centre],
        catalogue: Catalogue,
        outside: Counter[str],
    ) -> None:
        """`centre`: the one at work. `outside`: what was counted before it reached it, on other
        threads."""
        self._feed = feed
        self._outside = outside
        self._centre = centre
        self.failure = ""
        self._catalogue = catalogue
        # Sets that keep the order of arrival.
        self._pressing: dict[str, None] = {}  # orders whose level or condition has changed
        self._orders: dict[str, None] = {}
        self._units: dict[str, None] = {}
        self._counted: Counter[str] = Counter()

    @property
    def dirty(self) -> bool:
        """Whether there is something to draw, and somebody to see it."""
        return self._feed.followed and bool(self._pressing or self._orders or self._units)

    def touch(self, outcome: Outcome) -> None:
        """These have changed: draw them soon."""
        self._pressing.update((signal.order, None) for signal in outcome.signals)
        self._orders.update(dict.fromkeys(outcome.shown_orders))
        self._units.update(dict.fromkeys(outcome.shown_units))

    def show(self, outcome: Outcome) -> None:
        """Incidents and deliveries, now that they are committed."""
        for changed in (*outcome.incidents, *outcome.deliveries):
            self._tell(self._changed(changed))

    def draw(self) -> None:
        """Publish what has changed since the last draw."""
        for order in (*_take(self._pressing), *_take(self._orders)):
            if order in self._centre().roster.orders:
                self._tell(self._order(order))
        for unit in _take(self._units):
            if unit in self._centre().roster.wearers:
                self._tell(self._unit(unit))
        counted = self.count()
        if counted != self._counted:
            self._counted = counted
            self.tell("counters", views.counters_view(counted))

    def tell(self, kind: str, view: View) -> None:
        """Publish one event at the centre's time."""
        at = iso(self._centre().now_ms)
        self._feed.publish({"type": kind, "order": None, "at": at, **view})

    def names(self) -> tuple[list[str], dict[str, str | None]]:
        """(every order, every unit with one of its wearer's orders)."""
        roster = self._centre().roster
        wearers = roster.wearers.items()
        return list(roster.orders), {unit: views.order_worn(wearer) for unit, wearer in wearers}

    def pieces(
        self, orders: Iterable[str], units: Iterable[str]
    ) -> list[Callable[[], list[Picture]]]:
        """What a snapshot of these is put together from: the same pictures as in the events.

        Each is to be called on the service's thread, and takes no longer than a draw: all orders
        of a country in one piece would hold up a warning for seconds.
        """
        return [
            *(partial(self._all, self._order_and_escalation, some) for some in _cut(orders)),
            *(partial(self._all, self._unit, some) for some in _cut(units)),
        ]

    def concern(self, order: str) -> Concern:
        """What an order is about. For any thread: an order's version never changes."""
        state = self._centre().roster.orders.get(order)
        if state is None:
            return Concern(order)
        said = state.order
        return Concern(order, frozenset(said.persons), said.court, said.station)

    def order_of(self, verb: Verb, subject: str) -> str | None:
        """The order of an incident or, for a call, a delivery."""
        return self._centre().escalations.order_of(verb, subject)

    def counters(self) -> View:
        """The counters' part of a snapshot."""
        return views.counters_view(self.count())

    def count(self) -> Counter[str]:
        """What became of records. For any thread."""
        return self._centre().counters + Counter(dict(self._outside))  # which may grow meanwhile

    def _all(self, pictures: Callable[[str], list[Picture]], names: list[str]) -> list[Picture]:
        return [picture for name in names for picture in pictures(name)]

    def _order_and_escalation(self, order: str) -> list[Picture]:
        escalation = self._centre().escalations.of(order)
        told: list[Any] = []
        if escalation is not None:
            told = [*escalation.incidents.values(), *escalation.deliveries.values()]
        return [*self._order(order), *(one for changed in told for one in self._changed(changed))]

    def _order(self, order: str) -> list[Picture]:
        state = self._centre().roster.orders[order]
        return [
            *self._made("order", lambda: [views.order_view(state)]),
            *self._made("position", lambda: views.position_views(state)),
        ]

    def _unit(self, unit: str) -> list[Picture]:
        return self._made("unit", lambda: [views.unit_view(self._centre(), unit)])

    def _changed(self, changed: Incident | Delivery) -> list[Picture]:
        kind = "delivery" if isinstance(changed, Delivery) else "incident"
        return self._made(
            kind, lambda: [views.changed_view(self._centre(), changed, self._catalogue)]
        )

    def _made(self, kind: str, make: Callable[[], list[View]]) -> list[Picture]:
        try:
            return [(kind, view) for view in make()]
        except Exception as error:
            _log.exception("a picture cannot be made")
            self.failure = f"{kind}: {error!r}"
            return []

    def _tell(self, pictures: list[Picture]) -> None:
        for kind, view in pictures:
            self.tell(kind, view)


def _cut(names: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(names)
    while some := list(islice(remaining, DRAWN_MAX)):
        yield some


def _take(keys: dict[str, None]) -> list[str]:
    taken = list(islice(keys, DRAWN_MAX))
    for key in taken:
        del keys[key]
    return taken
