"""Whether the host lives and has all that it needs; and its numbers. For any thread."""

import time

from prometheus_client import CollectorRegistry

from host.base.errors import ResguardoError
from host.service.inbox import Inbox
from host.service.metrics import exposition
from host.service.mqtt import Transport
from host.store.reader import Reader
from host.store.writer import Writer

STOPPED_S = 10.0  # without a turn of the loop, which has one each second


class Vitals:
    """Asked by whatever watches over the host."""

    def __init__(
        self,
        inbox: Inbox,
        transport: Transport,
        writer: Writer,
        reader: Reader,
        registry: CollectorRegistry,
    ) -> None:
        self._inbox = inbox
        self._transport = transport
        self._writer = writer
        self._reader = reader
        self._registry = registry
        self._turned_at = time.monotonic()

    def turned(self) -> None:
        """The loop has turned."""
        self._turned_at = time.monotonic()

    def alive(self) -> bool:
        """Whether it did lately."""
        return time.monotonic() - self._turned_at < STOPPED_S

    def lacks(self) -> list[str]:
        """What is needed and is not there: "broker", "store", "loop"."""
        lacking = []
        if not self._transport.connected.is_set():
            lacking.append("broker")
        if self._writer.failure or self._reader.failure:
            lacking.append("store")
        try:
            self._inbox.call(lambda: None)
        except ResguardoError:
            lacking.append("loop")
        return lacking

    def metrics(self) -> bytes:
        """In Prometheus' text format."""
        return exposition(self._registry)
