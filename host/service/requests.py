"""What the console's threads ask of the host: looked up, or done, by the service's thread."""

from dataclasses import replace
from typing import Any

from host.base.clock import Clock, iso
from host.escalation.act import Act, Verb
from host.service.health import Health
from host.service.inbox import Inbox
from host.service.screen import LISTS, Screen
from host.service.views import View


class Requests:
    """The host as the console sees it (host/web/face.py). For any thread."""

    def __init__(self, inbox: Inbox, screen: Screen, health: Health, clock: Clock) -> None:
        self._inbox = inbox
        self._screen = screen
        self._health = health
        self._clock = clock

    def snapshot(self) -> dict[str, Any]:
        """All that the console shows, asked of the loop piece by piece."""
        call = self._inbox.call
        shown: View = {kind: [] for kind in LISTS.values()}
        for piece in call(self._screen.pieces):
            for kind, view in call(piece):
                shown[LISTS[kind]].append(view)
        overview: View = call(lambda: self._overview(shown["incidents"]))
        return shown | overview

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
