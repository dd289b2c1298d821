"""What the console asks of the host."""

from typing import Any, Protocol

from host.escalation.act import Act


class Host(Protocol):
    """The host as the console sees it. Both calls come from threads of the web server."""

    def snapshot(self) -> dict[str, Any]:
        """All that the page shows: orders, positions, incidents, deliveries, units, counters.

        The same objects as in the feed's events; times are ISO-8601 UTC; "now" is the host's.
        """

    def act(self, act: Act) -> dict[str, Any]:
        """An operator acts on an incident or a delivery; when, is the host's to say.

        Returns it as it is when that is committed. Raises UnknownIncident, UnknownDelivery or
        Refused (host.escalation.incident).
        """
