"""What the console asks of the host."""

from typing import Any, Protocol

from host.accounts.may import Concern
from host.escalation.act import Act, Verb


class Wanted(Protocol):
    """What of a snapshot somebody may see any of."""

    def order(self, order: str) -> bool:
        """Whether anything of an order."""

    def unit(self, order: str | None) -> bool:
        """Whether a unit whose wearer has that order, or none."""


class Host(Protocol):
    """The host as the console sees it. All calls come from threads of the web server."""

    def snapshot(self, wanted: Wanted | None = None) -> dict[str, Any]:
        """All that the page shows: orders, positions, incidents, deliveries, units, counters.

        The same objects as in the feed's events; times are ISO-8601 UTC; "now" is the host's.
        `wanted` None: of every order and unit.
        """

    def concern(self, order: str) -> Concern:
        """What an order is about; of an unknown one its name alone."""

    def order_of(self, verb: Verb, subject: str) -> str | None:
        """The order of an incident or, for a call, a delivery. None for a fault of the host
        itself, and where there is no such thing."""

    def alive(self) -> bool:
        """Whether the centre turns."""

    def lacks(self) -> list[str]:
        """What it needs and does not have: "broker", "store", "loop"."""

    def metrics(self) -> bytes:
        """In Prometheus' text format."""

    def act(self, act: Act) -> dict[str, Any]:
        """An operator acts on an incident or a delivery; when, is the host's to say.

        Returns it as it is when that is committed. Raises UnknownIncident, UnknownDelivery or
        Refused (host.escalation.incident).
        """
