"""Listens to the broker: every message that units publish, counted before the host has it."""

import paho.mqtt.client as paho

from host.service.broker_address import make_client, parse_address
from protocol.topics import unit_of, up
from simulator.judges.custody import Custody


class Tap:
    """Subscribed from `start` until `stop`."""

    def __init__(self, url: str, custody: Custody) -> None:
        self._address = parse_address(url)
        self._custody = custody
        self._client = make_client(self._address, "tap")
        self._client.on_connect = lambda client, *_: client.subscribe(up("+"), 1)
        self._client.on_message = self._heard

    def start(self) -> None:
        """Listen, in a thread of paho's."""
        self._client.connect(self._address.host, self._address.port)
        self._client.loop_start()

    def stop(self) -> None:
        """Listen no more."""
        self._client.disconnect()
        self._client.loop_stop()

    def _heard(self, _: object, __: object, message: paho.MQTTMessage) -> None:
        unit = unit_of(message.topic)
        if unit:  # the host's canary is none
            self._custody.sent(unit, bytes(message.payload))
