"""The host's end of the broker: units' messages in, sealed commands out.

A message is acknowledged to the broker when it is taken into memory, not when it is committed:
custody is end to end (the unit keeps each record until the host's sealed answer), and a broker
that waits for acknowledgements stops delivering after 10 or 20 messages, so that a store that is
down would silence warnings. What is lost on the way to the commit, the unit sends again. So no
session is kept at the broker for the host, and records come at QoS 0: on NATS server that takes a
third of the host's and a fifth of the broker's processor time, and nothing of the broker's that
could be damaged lies between them. A last will nobody says again: it comes at QoS 1, and is
retained.
"""

import contextlib
import logging
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from threading import Event
from typing import Any, Protocol

import paho.mqtt.client as paho

from host.base.clock import Clock
from host.core.outcome import Connection, Received
from host.registry.types import Unit
from host.service.allowance import Allowance
from host.service.broker import Broker
from host.service.broker_address import BrokerAddress, make_client
from host.service.broker_rights import logins
from host.service.canary import CANARY, Canary
from host.service.evictions import Evictions
from host.service.faults import BROKER_REFUSES
from host.service.inbox import Inbox
from protocol import topics

_AT_MOST_ONCE, _AT_LEAST_ONCE = 0, 1
_KEEP_ALIVE_S = 30
_RECONNECT_S = (1, 30)
_WAITING_OUT_MAX = 10_000
_EARLY_MAX = 10_000
_STRANGERS = ""  # the name under which all units that nobody has enrolled share one allowance

_log = logging.getLogger(__name__)


class Transport(Protocol):
    """What the service needs of a broker."""

    counters: Counter[str]
    connected: Event

    def start(self, inbox: Inbox) -> None:
        """Put Received and Connection into `inbox` from now on, from a thread of its own."""

    def admit(self, units: Iterable[Unit]) -> None:
        """These are enrolled: a broker of the host's own lets them in."""

    def publish(self, unit: str, payload: bytes) -> None:
        """Send a sealed command to a unit; returns at once."""

    def troubles(self, now_ms: int) -> dict[tuple[str, str], str]:
        """{(fault, of what): reason}: what is wrong with the broker now, though it is there."""

    def stop(self) -> None:
        """Disconnect; nothing comes after it."""


class MqttTransport:
    """paho-mqtt; connects and reconnects by itself.

    `client` is the host's name at the broker, which lets in one of a name. At most `waiting_max`
    messages wait in the inbox, and of each unit no more pass than `allowance` lets; the others are
    dropped and counted (the units send them again). `enrolled` is asked on paho's thread.
    `canary`: goes round the broker for as long as this is started. `broker`: where that is the
    host's own.
    """

    def __init__(
        self,
        address: BrokerAddress,
        clock: Clock,
        *,
        client: str,
        enrolled: Callable[[str], bool],
        waiting_max: int = 20_000,
        allowance: Allowance | None = None,
        canary: Canary | None = None,
        broker: Broker | None = None,
    ) -> None:
        self.counters: Counter[str] = Counter()
        self.connected = Event()
        self._canary = canary
        self._broker = broker
        self._evictions = Evictions()
        self._refused = ""
        self._address = address
        self._clock = clock
        self._enrolled = enrolled
        self._waiting_max = waiting_max
        self._allowance = allowance or Allowance()
        self._flapping: set[str] = set()
        self._early: set[str] = set()  # connected, and not enrolled yet
        self._inbox = Inbox()
        self._trouble = ""
        self._client = self._make_client(client)

    def start(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._client.connect_async(self._address.host, self._address.port, _KEEP_ALIVE_S)
        self._client.loop_start()
        if self._canary is not None:
            self._canary.start(self)

    def stop(self) -> None:
        """For good."""
        if self._canary is not None:
            self._canary.stop()
        self._client.disconnect()
        self._client.loop_stop()
        self.connected.clear()
        del self._client  # paho closes its own sockets when the client goes, and not before

    def admit(self, units: Iterable[Unit]) -> None:
        if self._broker is not None:
            self._broker.admit(logins(units))

    def publish(self, unit: str, payload: bytes) -> None:
        """All go at most once, so that none can be told from another on the line: what is lost is
        said again (an answer to the unit's next message, a warning until its receipt)."""
        sent = self._client.publish(topics.down(unit), payload, _AT_MOST_ONCE)
        if sent.rc != paho.MQTT_ERR_SUCCESS:
            self.counters["not_sent"] += 1

    def reconnect(self) -> None:
        """Hang up; paho connects again."""
        connection: Any = self._client.socket()
        if connection is not None:
            with contextlib.suppress(OSError):  # it has ended by itself
                connection.shutdown(socket.SHUT_RDWR)

    def troubles(self, now_ms: int) -> dict[tuple[str, str], str]:
        troubles = self._evictions.troubles(now_ms)
        if self._canary is not None:
            troubles |= {(fault, ""): reason for fault, reason in self._canary.troubles.items()}
        if self._refused:
            troubles[BROKER_REFUSES, ""] = self._refused
        return troubles

    def _make_client(self, name: str) -> paho.Client:
        client = make_client(self._address, name)
        client.reconnect_delay_set(*_RECONNECT_S)
        client.max_queued_messages_set(_WAITING_OUT_MAX)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        return client

    # paho's thread

    def _on_connect(self, client: paho.Client, _: Any, __: Any, reason: Any, ___: Any) -> None:
        if reason.is_failure:
            self.counters["connection_refused"] += 1
            self._complain(f"refuses the host: {reason}")
            self._refused = f"CONNECT: {reason}"
            return
        client.subscribe([(topics.up("+"), _AT_MOST_ONCE), (topics.status("+"), _AT_LEAST_ONCE)])

    def _on_connect_fail(self, *_: Any) -> None:
        self.counters["connection_failed"] += 1
        self._complain(f"cannot be reached: {sys.exception()}")  # paho calls from its handler

    def _complain(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            _log.warning("the broker at %s %s", self._address, trouble)

    def _on_subscribe(self, _: paho.Client, __: Any, ___: int, codes: Any, ____: Any) -> None:
        if any(code.is_failure for code in codes):
            self.counters["subscription_refused"] += 1
            self._complain("refuses the host a subscription")
            self._refused = f"SUBSCRIBE {topics.up('+')} {topics.status('+')}"
            self.reconnect()
            return
        self._trouble = self._refused = ""
        self.connected.set()

    def _on_disconnect(self, *_: Any) -> None:
        if self.connected.is_set():
            self._evictions.lost(self._clock.now_ms())
        self.connected.clear()
        self.counters["disconnected"] += 1

    def _on_message(self, _: paho.Client, __: Any, message: paho.MQTTMessage) -> None:
        at_ms = self._clock.now_ms()
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        unit = topics.unit_of(topic)
        if not unit:
            if self._canary is not None and topic == topics.up(CANARY):
                self._canary.hear(bytes(message.payload))
            else:
                self.counters["foreign_topic"] += 1
            return
        known = self._enrolled(unit)
        allowed = self._allowance.take(unit if known else _STRANGERS, at_ms)
        if topic.startswith("status/"):
            up = message.payload == b"1"
            if known and up and not message.retain:  # a retained one says that it was before
                self._evictions.connected(unit, at_ms)
            if known:
                self._connection(unit, allowed, up, at_ms)
            else:
                self.counters["unknown_unit"] += 1
                self._remember(unit, up)
        elif not allowed:
            self.counters["flooded"] += 1
        elif self._inbox.waiting() >= self._waiting_max:
            self.counters["dropped"] += 1
        else:
            # One byte more than allowed is enough for the host to see that it is too long.
            payload = bytes(message.payload[: topics.MESSAGE_BYTES_MAX + 1])
            if unit in self._early and known:
                self._early.discard(unit)
                self._inbox.put(Connection(unit, True, at_ms))
            self._inbox.put(Received(unit, payload, at_ms))

    def _remember(self, unit: str, up: bool) -> None:
        """It may be connected before it is enrolled, and will not say so again."""
        self._early.discard(unit)
        if up and len(self._early) < _EARLY_MAX:
            self._early.add(unit)

    def _connection(self, unit: str, allowed: bool, up: bool, at_ms: int) -> None:
        """Never dropped: nobody says it again, and the centre would trust a unit that is gone.

        One that says more than it may counts as gone, which is the safe side, and only once.
        """
        if allowed:
            self._flapping.discard(unit)
            self._inbox.put(Connection(unit, up, at_ms))
            return
        self.counters["flapping"] += 1
        if unit not in self._flapping:
            self._flapping.add(unit)
            self._inbox.put(Connection(unit, False, at_ms))
