"""Brokers of the host's own: who is let in, and what a flood under a unit's name costs."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import paho.mqtt.client as paho
import pytest

from host.base.clock import Clock
from host.core.outcome import Connection, Received
from host.registry.types import Role, Unit
from host.service import canary as canary_module
from host.service.allowance import Allowance
from host.service.broker import Broker, MosquittoBroker
from host.service.broker_address import BrokerAddress, make_client, parse_address
from host.service.broker_rights import logins
from host.service.canary import Canary
from host.service.inbox import Inbox
from host.service.mqtt import MqttTransport

pytestmark = pytest.mark.live
WITHIN_S = 10.0
UNITS = [Unit(name, Role.VICTIM, bytes([n]) * 32, 1) for n, name in enumerate(("V17", "V18"))]
PASSWORDS = logins(UNITS)


@pytest.fixture(params=[Broker, MosquittoBroker])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    with request.param(tmp_path / "broker", passwords={}) as broker:
        yield broker


class Host:
    """The host's transport, which takes three messages of each unit."""

    def __init__(self, broker: Broker) -> None:
        self.inbox = Inbox()
        address = parse_address(broker.url)
        self.transport = MqttTransport(
            address,
            Clock(),
            client="host",
            enrolled=PASSWORDS.__contains__,
            allowance=Allowance(spacing_ms=600_000, at_once=3),
            canary=Canary(address),
            broker=broker,
        )

    def take(self, count: int) -> list[Received | Connection]:
        taken: list[Received | Connection] = []
        until(lambda: len(taken) >= count, lambda: taken.extend(self.inbox.take(0.1).inputs))  # type: ignore[arg-type]
        return taken


@pytest.fixture
def host(broker: Broker) -> Iterator[Host]:
    host = Host(broker)
    host.transport.start(host.inbox)
    assert host.transport.connected.wait(WITHIN_S)
    host.transport.admit(UNITS)
    until(lambda: let_in(broker, "V18", PASSWORDS["V18"]))
    yield host
    host.transport.stop()


@contextmanager
def client(
    broker: Broker, user: str | None, password: str | None, will: str = ""
) -> Iterator[paho.Client]:
    """Connected, or refused."""
    answered = Event()
    client = make_client(
        BrokerAddress("127.0.0.1", broker.port, user=user, password=password), f"as{user}"
    )
    client.on_connect = lambda *_: answered.set()
    if will:
        client.will_set(will, b"0", 1, retain=True)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    assert answered.wait(WITHIN_S)
    yield client
    client.disconnect()
    client.loop_stop()


def let_in(broker: Broker, user: str | None, password: str | None) -> bool:
    with client(broker, user, password) as one:
        return one.is_connected()


def until(happens: Callable[[], bool], meanwhile: Callable[[], None] = lambda: None) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not happens():
        assert time.monotonic() < deadline
        meanwhile()
        time.sleep(0.01)


def test_a_flood_under_a_units_name_costs_that_unit_nothing(broker: Broker, host: Host) -> None:
    with client(broker, "V18", PASSWORDS["V18"]) as other:
        for _ in range(50):
            other.publish("up/V17", b"forged", 1).wait_for_publish(WITHIN_S)
    with client(broker, "V17", PASSWORDS["V17"]) as unit:
        for n in range(3):  # its whole allowance
            unit.publish("up/V17", b"%d" % n, 1)
        said = host.take(3)
    assert [one[:2] for one in said] == [("V17", b"0"), ("V17", b"1"), ("V17", b"2")]  # type: ignore[index]
    assert host.transport.counters["flooded"] == 0
    assert host.inbox.waiting() == 0


def test_nobody_says_of_another_unit_that_it_is_gone(broker: Broker, host: Host) -> None:
    with client(broker, "V18", PASSWORDS["V18"], will="status/V17") as other:
        other.publish("status/V17", b"0", 1, retain=True).wait_for_publish(WITHIN_S)
        connection = other.socket()
        assert connection is not None
        other.loop_stop()
        connection.close()  # and what its last will says of V17 is not passed on
    with client(broker, "V18", PASSWORDS["V18"]) as again:
        again.publish("status/V18", b"1", 1)
        (told,) = host.take(1)
    assert isinstance(told, Connection)
    assert (told.unit, told.up) == ("V18", True)
    assert host.inbox.waiting() == 0


def test_nobody_hears_what_is_said_to_another_unit(broker: Broker, host: Host) -> None:
    heard: list[str] = []
    with client(broker, "V18", PASSWORDS["V18"]) as unit:
        unit.on_message = lambda _, __, message: heard.append(message.topic)
        for topic in ("down/V17", "down/+", "up/+", "#", "down/V18"):
            unit.subscribe(topic, 0)
        time.sleep(0.2)
        host.transport.publish("V17", b"for her alone")
        host.transport.publish("V18", b"for it")
        until(lambda: "down/V18" in heard)
    assert set(heard) == {"down/V18"}


def test_nobody_is_let_in_without_a_login_of_now(broker: Broker, host: Host) -> None:
    assert not let_in(broker, None, None)
    assert not let_in(broker, "V17", PASSWORDS["V18"])
    with client(broker, "V17", PASSWORDS["V17"]) as before:
        assert before.is_connected()
        anew = Unit("V17", Role.VICTIM, bytes([9]) * 32, 2)  # enrolled again
        host.transport.admit([anew])
        until(lambda: not before.is_connected())
        assert let_in(broker, "V17", logins([anew])["V17"])
    assert let_in(broker, "V18", PASSWORDS["V18"])


def test_a_guarded_broker_is_no_alarm_and_lets_the_canary_go_round(
    broker: Broker, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canary_module, "PAUSE_S", 0.1)
    monkeypatch.setattr(canary_module, "ROUND_S", 1.0)
    time.sleep(2.5)
    assert host.transport.troubles(Clock().now_ms()) == {}
    broker.renew()
    until(lambda: not host.transport.connected.is_set())
    assert host.transport.connected.wait(WITHIN_S)  # its password is the same
    until(lambda: let_in(broker, "V17", PASSWORDS["V17"]))
