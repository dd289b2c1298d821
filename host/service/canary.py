"""A unit of the host's own that goes round the broker all the time: what it misses, others miss.

Each round it comes anew, as units do: it connects, subscribes, says what nobody can guess, and
hears the host's word on it. A broker that loses messages, has lost the host's subscription or takes
no more clients is found so, whatever it acknowledges. At the start it also tries to be anybody.
"""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import replace
from threading import Event, Thread
from typing import Any, Protocol

import paho.mqtt.client as paho

from host.base.errors import ResguardoError
from host.service.broker_address import BrokerAddress, make_client
from host.service.faults import BROKER_LOSES, BROKER_OPEN, BROKER_REFUSES
from protocol import topics

CANARY = "host-canary"  # no unit's name: those hold letters and digits only
ROUND_S = 6.0  # the longest that one takes
PAUSE_S = 4.0  # between two
MISSED_MAX = 2  # rounds in a row; one more, and a broker of the host's own is started afresh
RENEWED_APART_S = 600.0  # one that is merely overwhelmed must not be so for ever
_UP, _DOWN = topics.up(CANARY), topics.down(CANARY)
_TOKEN_BYTES = 16
_POLL_S = 0.05

_log = logging.getLogger(__name__)


class Carrier(Protocol):
    """What it needs of the host's own connection."""

    connected: Event

    def publish(self, unit: str, payload: bytes) -> None:
        """Send to a unit, or the canary."""

    def reconnect(self) -> None:
        """Begin the connection anew."""


class Canary:
    """Goes round from `start` until `stop`, in a thread of its own.

    `renew`: starts a broker of the host's own afresh; None for a broker of somebody else's.
    """

    def __init__(self, address: BrokerAddress, renew: Callable[[], None] | None = None) -> None:
        self.troubles: dict[str, str] = {}  # fault -> its reason
        self._address = address
        self._renew = renew
        self._missed = self._refused = 0  # rounds in a row
        self._renewed_at = -RENEWED_APART_S
        self._said, self._reply = b"", b""
        self._heard = Event()
        self._ended = Event()
        self._thread = Thread(target=self._go_round, name="canary", daemon=True)

    def start(self, host: Carrier) -> None:
        """`host` must pass on to `hear` what comes on the topic up/CANARY."""
        self._host = host
        self._thread.start()

    def stop(self) -> None:
        """Waits for the round that it is on."""
        self._ended.set()
        self._thread.join()

    def hear(self, payload: bytes) -> None:
        """Something has come to the host, from the canary or whoever else may publish there."""
        if self._said and payload == self._said:
            self._heard.set()
            self._host.publish(CANARY, self._reply)

    # The canary's thread

    def _go_round(self) -> None:
        while not (self._host.connected.wait(_POLL_S) or self._ended.is_set()):
            pass
        if not self._ended.is_set():
            self._try_to_be_anybody()
        while not self._ended.is_set():
            if self._host.connected.is_set():
                self._judge(*self._visit(self._address, self._go_as_a_unit))
            self._ended.wait(PAUSE_S)

    def _judge(self, refused: str, missing: str) -> None:
        self._refused = self._refused + 1 if refused else 0
        # One round may be refused by a broker that is busy.
        self._tell(BROKER_REFUSES, refused if self._refused >= MISSED_MAX else "")
        if not missing:
            self._missed = 0
            self._tell(BROKER_LOSES, "")
        elif not refused and self._host.connected.is_set():  # otherwise it is told already
            self._missed += 1
            if self._missed >= MISSED_MAX:
                self._tell(BROKER_LOSES, missing)
                self._cure(missing)

    def _tell(self, fault: str, reason: str) -> None:
        if reason:
            self.troubles[fault] = reason
        else:
            self.troubles.pop(fault, None)

    def _cure(self, missing: str) -> None:
        now = time.monotonic()
        if self._missed == MISSED_MAX:
            if missing == _UP:  # a subscription that is lost; nothing else is the host's own
                self._host.reconnect()
        elif self._renew is not None and now - self._renewed_at >= RENEWED_APART_S:
            _log.warning("the host's own broker loses messages: it is started afresh")
            self._renewed_at = now
            self._renew()

    def _try_to_be_anybody(self) -> None:
        """Whether the broker lets one publish as a unit who shows nothing for it."""
        nobody = replace(self._address, user=None, password=None, certificate=None, key=None)
        self._visit(nobody, self._speak)
        self._tell(BROKER_OPEN, str(nobody) if self._heard.is_set() else "")

    def _visit(self, address: BrokerAddress, do: Callable[["_Visit"], str]) -> tuple[str, str]:
        """Be a client for a moment. What the broker refused, and what was missing; "" for none."""
        self._heard.clear()
        self._reply, self._said = os.urandom(_TOKEN_BYTES), os.urandom(_TOKEN_BYTES)
        visit = _Visit(address, self._ended)
        try:
            visit.begin()
            missing = do(visit)
        except (OSError, ResguardoError) as error:
            missing = str(error)
        finally:
            self._said = b""
            visit.end()
        return visit.refused, missing

    def _go_as_a_unit(self, visit: "_Visit") -> str:
        """The first topic or step on which it got stuck, or ""."""
        if not visit.goes_on_until(lambda: visit.connected):
            return "CONNECT"
        visit.client.subscribe(_DOWN, 0)
        if not visit.goes_on_until(lambda: visit.subscribed):
            return f"SUBSCRIBE {_DOWN}"
        missing = self._speak(visit)
        if missing:
            return missing
        return "" if visit.goes_on_until(lambda: self._reply in visit.messages) else _DOWN

    def _speak(self, visit: "_Visit") -> str:
        visit.client.publish(_UP, self._said, 1)
        return "" if visit.goes_on_until(self._heard.is_set) else _UP


class _Visit:
    """One connection, and what the broker has said over it."""

    def __init__(self, address: BrokerAddress, ended: Event) -> None:
        self.refused = ""
        self.connected = self.subscribed = False
        self.messages: list[bytes] = []
        self._address = address
        self._ended = ended
        self._until = time.monotonic() + ROUND_S
        self.client = client = make_client(address, f"canary{os.urandom(8).hex()}")
        client.connect_timeout = ROUND_S / 2
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = lambda _, __, message: self.messages.append(bytes(message.payload))

    def begin(self) -> None:
        """Raises OSError."""
        self.client.connect(self._address.host, self._address.port)

    def goes_on_until(self, done: Callable[[], bool]) -> bool:
        """Whether that comes in time, and before a refusal or the connection's end."""
        while not done():
            late = time.monotonic() >= self._until or self._ended.is_set()
            if late or self.refused or self.client.loop(_POLL_S) != paho.MQTT_ERR_SUCCESS:
                return done()
        return True

    def end(self) -> None:
        """Leave."""
        self.client.disconnect()
        del self.client  # paho closes its own sockets when the client goes, and not before

    def _on_connect(self, _: paho.Client, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        self.connected = not reason.is_failure
        if reason.is_failure:
            self.refused = f"CONNECT: {reason}"

    def _on_subscribe(self, _: paho.Client, __: Any, ___: int, codes: Any, ____: Any) -> None:
        self.subscribed = not codes[0].is_failure
        if codes[0].is_failure:
            self.refused = f"SUBSCRIBE {_DOWN}"
