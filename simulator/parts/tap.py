"""Listens to the broker: every message that units publish, counted before the host has it."""

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from host.base.loopback import LOOPBACK
from protocol.topics import unit_of, up
from simulator.judges.custody import Custody


class Tap:
    """Subscribed from `start` until `stop`."""

    def __init__(self, broker_port: int, custody: Custody) -> None:
        self._port = broker_port
        self._custody = custody
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="tap")
        self._client.on_connect = lambda client, *_: client.subscribe(up("+"), 1)
        self._client.on_message = self._heard

    def start(self) -> None:
        """Listen, in a thread of paho's."""
        self._client.connect(LOOPBACK, self._port)
        self._client.loop_start()

    def stop(self) -> None:
        """Listen no more."""
        self._client.disconnect()
        self._client.loop_stop()

    def _heard(self, _: object, __: object, message: paho.MQTTMessage) -> None:
        self._custody.sent(unit_of(message.topic), bytes(message.payload))
