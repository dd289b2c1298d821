"""What the console asks of the host."""

from typing import Any, Protocol


class Service(Protocol):
    """The host's loop, as the console sees it. Both calls come from threads of the web server."""

    def snapshot(self) -> dict[str, Any]:
        """All that the page shows: orders, positions, incidents, deliveries, units, counters.

        The same objects as in the feed's events; times are ISO-8601 UTC; "now" is the host's.
        """

    def acknowledge(self, incident: str, operator: str) -> dict[str, Any]:
        """Acknowledge, commit, and return the incident.

        Raises UnknownIncident or Refused (host.escalation.incident).
        """
