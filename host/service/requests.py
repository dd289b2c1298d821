"""What the console's threads ask of the host: looked up, or done, by the service's thread."""

from dataclasses import replace
from typing import Any

from host.accounts.may import Concern
from host.base.clock import Clock, iso
from host.escalation.act import Act, Verb
from host.service.health import Health
from host.service.inbox import Inbox
from host.service.screen import Screen
from host.service.views import View
from host.service.vitals import Vitals
from host.web.face import Wanted
from host.web.sight import LISTS


class Requests:
    """The host as the console sees it (host/web/face.py). For any thread."""

    def __init__(
        self, inbox: Inbox, screen: Screen, health: Health, clock: Clock, vitals: Vitals
    ) -> None:
        self._inbox = inbox
        self._screen = screen
        self._health = health
        self._clock = clock
        self._vitals = vitals

    def snapshot(self, wanted: Wanted | None = None) -> dict[str, Any]:
        """All that the console shows, asked of the loop piece by piece."""
        call = self._inbox.call
        shown: View = {kind: [] for kind in LISTS.values()}
        orders, units = call(self._screen.names)
        if wanted is not None:  # chosen here: the loop has others to warn
            orders = [order for order in orders if wanted.order(order)]
            units = [unit for unit, order in units.items() if wanted.unit(order)]
        for piece in self._screen.pieces(orders, units):
            for kind, view in call(piece):
                shown[LISTS[kind]].append(view)
        overview: View = call(lambda: self._overview(shown["incidents"]))
        return shown | overview

    def concern(self, order: str) -> Concern:
        """What an order is about; of an unknown one its name alone."""
        return self._screen.concern(order)

    def order_of(self, verb: Verb, subject: str) -> str | None:
        """The order of an incident or, for a call, a delivery."""
        order: str | None = self._inbox.call(lambda: self._screen.order_of(verb, subject))
        return order

    def alive(self) -> bool:
        """Whether the centre turns."""
        return self._vitals.alive()

    def lacks(self) -> list[str]:
        """What it needs and does not have."""
        return self._vitals.lacks()

    def metrics(self) -> bytes:
        """In Prometheus' text format."""
        return self._vitals.metrics()

    def act(self, act: Act) -> dict[str, Any]:
        """An operator acts: about a fault of the host's own, or by an input of the centre."""
        if act.verb is Verb.ACKNOWLEDGE:
            subject, operator = act.subject, act.operator
            fault = self._inbox.call(lambda: self._health.acknowledge(subject, operator))
            if fault is not None:
                return dict(fault)
        return self._inbox.ask(replace(act, at_ms=self._clock.now_ms()))

    def _overview(self, incidents: list[View]) -> View:
        return {
            "now": iso(self._clock.now_ms()),
            "incidents": [*self._health.views(), *incidents],
            "counters": self._screen.counters(),
        }
