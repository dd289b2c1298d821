"""What a monitoring system reads of the host: counters, states, and how long things take.

Positions, names and orders are in none of it. It is read on the web server's threads, beside the
centre that goes on: each number is of its moment, and no two are of quite the same.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from host.core.centre import Centre
from host.core.outcome import Outcome

_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Timings:
    """Observed from any thread."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._commit = self._histogram("commit", "one transaction")
        self._answer = self._histogram("answer", "a unit's message until its answer leaves")
        self._warning = self._histogram("warning", "what raises a warning until it leaves")

    def committed(self, seconds: float) -> None:
        """A transaction has ended well."""
        self._commit.observe(seconds)

    def sent(self, outcome: Outcome, now_ms: int) -> None:
        """What an outcome wants sent has left."""
        if not outcome.records:
            return
        seconds = (now_ms - outcome.records[-1].received_ms) / 1000
        if outcome.answers:
            self._answer.observe(seconds)
        if outcome.warnings:
            self._warning.observe(seconds)

    def _histogram(self, name: str, about: str) -> Histogram:
        called = f"resguardo_{name}_seconds"
        return Histogram(called, f"Seconds: {about}", buckets=_BUCKETS_S, registry=self.registry)


class States(Collector):
    """How everything is, worked out when it is asked for."""

    def __init__(
        self,
        centre: Callable[[], Centre],
        counted: Callable[[], Counter[str]],
        now_ms: Callable[[], int],
        waiting: Callable[[], dict[str, int]],
        faults: Callable[[], Iterable[str]],
    ) -> None:
        """counted: records by verdict. waiting: how much waits, by stage. faults: codes of those
        that are open."""
        self._centre = centre
        self._counted = counted
        self._now_ms = now_ms
        self._waiting = waiting
        self._faults = faults

    def collect(self) -> Iterable[Metric]:
        """See Collector. A list is taken of what the centre's thread may change meanwhile."""
        centre, now_ms = self._centre(), self._now_ms()
        records = CounterMetricFamily(
            "resguardo_records", "Records of units, by what became of them", labels=["verdict"]
        )
        for verdict, count in sorted(self._counted().items()):
            records.add_metric([verdict], count)
        yield records
        orders = Counter(str(state.condition) for state in list(centre.roster.orders.values()))
        yield _gauge("orders", "Orders by what is promised", "condition", orders)
        units = Counter(
            "silent" if wearer.person and wearer.track.lack(now_ms) == "overdue" else "heard"
            for wearer in list(centre.roster.wearers.values())
        )
        yield _gauge("units", "Units; silent is one that is overdue on somebody", "state", units)
        alarms, deliveries = Counter[tuple[str, ...]](), Counter[str]()
        for escalation in centre.escalations.open():
            for incident in list(escalation.incidents.values()):
                alarms[incident.kind, str(incident.state)] += 1
            deliveries.update(str(one.state) for one in list(escalation.deliveries.values()))
        alarms.update((code, "fault") for code in self._faults())
        yield _gauge("alarms", "Alarms that are open", "kind state", alarms)
        yield _gauge("deliveries", "Messages of open alarms", "state", deliveries)
        yield _gauge("waiting", "What waits, by stage", "stage", Counter(self._waiting()))


def exposition(registry: CollectorRegistry) -> bytes:
    """Everything, in Prometheus' text format 0.0.4."""
    return generate_latest(registry)


def _gauge(name: str, about: str, labels: str, counted: Mapping[Any, int]) -> Metric:
    """labels: their names, with blanks between; a key has a value for each."""
    family = GaugeMetricFamily(f"resguardo_{name}", about, labels=labels.split())
    for key, count in sorted(counted.items()):
        family.add_metric([key] if isinstance(key, str) else list(key), count)
    return family
