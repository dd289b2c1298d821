"""The host's transport over a real broker: what arrives, what is dropped, what comes back."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from host.base.clock import Clock
from host.core.outcome import Answer, Clear, Connection, Outcome, Received, Warn
from host.registry.types import Role, Unit
from host.service.allowance import Allowance
from host.service.broker import Broker, MosquittoBroker, free_port
from host.service.broker_address import parse_address
from host.service.downlink import Downlink
from host.service.evictions import SHORT_MAX
from host.service.faults import HOST_EVICTED, UNIT_EVICTED
from host.service.inbox import Inbox
from host.service.mqtt import MqttTransport
from protocol.command import COMMAND_BYTES
from protocol.topics import MESSAGE_BYTES_MAX

WITHIN_S = 10.0
_PACKET_BYTES = 2 + 9 + COMMAND_BYTES  # a PUBLISH to down/B1 without a packet id


@pytest.fixture(params=[Broker, MosquittoBroker])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    with request.param(tmp_path / "broker") as broker:
        yield broker


@pytest.fixture
def units(broker: Broker) -> Iterator[paho.Client]:
    """One client that publishes for all units; its user data is what is sent down to them."""
    listening = Event()
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="units")
    client.user_data_set([])
    client.on_message = lambda _, got, message: got.append((message.topic, message.payload))
    client.on_subscribe = lambda *_: listening.set()
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    client.subscribe("down/+", 1)
    assert listening.wait(WITHIN_S)
    yield client
    client.disconnect()
    client.loop_stop()


class Host:
    """A transport with its inbox."""

    def __init__(
        self, broker: Broker, waiting_max: int = 1000, allowance: Allowance | None = None
    ) -> None:
        self.inbox = Inbox()
        self.enrolled: set[str] = set()
        self.transport = MqttTransport(
            parse_address(broker.url),
            Clock(),
            client="host",
            enrolled=lambda unit: not unit.startswith("X") or unit in self.enrolled,
            waiting_max=waiting_max,
            allowance=allowance,
        )

    def __enter__(self) -> "Host":
        self.transport.start(self.inbox)
        assert self.transport.connected.wait(WITHIN_S)
        return self

    def __exit__(self, *_: object) -> None:
        self.transport.stop()

    def troubles(self) -> dict[tuple[str, str], str]:
        return self.transport.troubles(Clock().now_ms())

    def take(self, count: int) -> list[Received | Connection]:
        taken: list[Received | Connection] = []
        deadline = time.monotonic() + WITHIN_S
        while len(taken) < count:
            assert time.monotonic() < deadline, taken
            taken += self.inbox.take(0.1).inputs  # type: ignore[arg-type]
        return taken


@pytest.mark.live
def test_a_unit_that_was_connected_before_it_was_enrolled_is_known_to_be(
    broker: Broker, units: paho.Client
) -> None:
    with Host(broker) as host:
        for name, payload in (("X1", b"1"), ("X2", b"1"), ("X2", b"0")):
            units.publish(f"status/{name}", payload, 1).wait_for_publish(WITHIN_S)
        _until(lambda: host.transport.counters["unknown_unit"] == 3)
        host.enrolled |= {"X1", "X2"}
        for name in ("X1", "X2", "X1"):
            units.publish(f"up/{name}", b"said", 1).wait_for_publish(WITHIN_S)
        told = [(type(one), one.unit) for one in host.take(4)]
    assert told == [(Connection, "X1"), (Received, "X1"), (Received, "X2"), (Received, "X1")]


@pytest.mark.live
def test_messages_and_connections_come_in_with_their_unit_and_time(
    broker: Broker, units: paho.Client
) -> None:
    before = Clock().now_ms()
    with Host(broker) as host:
        units.publish("status/B1", b"1", 1)
        units.publish("status/B1", b"0", 1)
        units.publish("up/B1", b"sealed", 1)
        taken = host.take(3)  # brokers keep the order within a topic, not between them
    (message,) = [item for item in taken if isinstance(item, Received)]
    assert message[:2] == ("B1", b"sealed")
    connections = [item for item in taken if isinstance(item, Connection)]
    assert [(item.unit, item.up) for item in connections] == [("B1", True), ("B1", False)]
    times = [item.at_ms for item in taken]
    assert before <= times[0] <= times[1] <= times[2] <= Clock().now_ms()


@pytest.mark.live
def test_what_is_not_a_units_is_counted_and_what_is_too_long_is_cut(
    broker: Broker, units: paho.Client
) -> None:
    with Host(broker) as host:
        units.publish("up/no_unit", b"x", 1)
        units.publish("up/" + "B" * 17, b"x", 1)
        units.publish("up/B1", bytes(MESSAGE_BYTES_MAX + 500), 1)
        (message,) = host.take(1)
        assert isinstance(message, Received)
        assert len(message.payload) == MESSAGE_BYTES_MAX + 1
        assert host.transport.counters["foreign_topic"] == 2


@pytest.mark.live
def test_when_too_much_waits_the_newest_is_dropped_and_counted(
    broker: Broker, units: paho.Client
) -> None:
    with Host(broker, waiting_max=10) as host:
        for n in range(25):
            units.publish("up/B1", b"%d" % n, 1)
        _until(lambda: host.transport.counters["dropped"] == 15)
        assert [item.payload for item in host.take(10)] == [b"%d" % n for n in range(10)]  # type: ignore[union-attr]


@pytest.mark.live
def test_a_last_will_is_not_dropped_however_much_waits(broker: Broker, units: paho.Client) -> None:
    with Host(broker, waiting_max=2) as host:
        for n in range(3):
            units.publish("up/B1", b"%d" % n, 1)
        _until(lambda: host.transport.counters["dropped"] == 1)
        units.publish("status/B2", b"0", 1)
        gone = host.take(3)[2]
    assert isinstance(gone, Connection)
    assert (gone.unit, gone.up) == ("B2", False)


@pytest.mark.live
def test_a_unit_that_floods_waits_alone(broker: Broker, units: paho.Client) -> None:
    with Host(broker, allowance=Allowance(spacing_ms=600_000, at_once=3)) as host:
        for n in range(20):
            units.publish("up/B1", b"%d" % n, 1)
            units.publish(f"up/X{n}", b"of nobody", 1)  # all of these together are one
        units.publish("up/B2", b"good", 1)
        _until(lambda: host.transport.counters["flooded"] == 34)
        taken = [item.unit[:2] for item in host.take(7)]
        assert (taken.count("B1"), taken.count("B2")) == (3, 1)


@pytest.mark.live
def test_a_connection_that_flaps_counts_as_gone(broker: Broker, units: paho.Client) -> None:
    with Host(broker, allowance=Allowance(spacing_ms=600_000, at_once=3)) as host:
        for n in range(20):
            units.publish("status/B1", b"%d" % (n % 2), 1)
            units.publish("status/X1", b"1", 1)
        _until(lambda: host.transport.counters["flapping"] == 17)
        _until(lambda: host.transport.counters["unknown_unit"] == 20)
        connections = [item.up for item in host.take(4) if isinstance(item, Connection)]
        assert connections == [False, True, False, False]
        assert host.inbox.waiting() == 0


@pytest.mark.live
def test_commands_go_down_to_their_unit(broker: Broker, units: paho.Client) -> None:
    with Host(broker) as host:
        host.transport.publish("B1", b"command")
        _until(lambda: units.user_data_get() == [("down/B1", b"command")])


@pytest.mark.live
def test_who_watches_the_line_cannot_tell_an_answer_from_a_warning(broker: Broker) -> None:
    key = bytes(range(32))
    seen: list[bytes] = []
    with socket.create_connection(("127.0.0.1", broker.port), WITHIN_S) as line, Host(broker) as at:
        # A unit that would take all at QoS 1 [3.1, 3.8].
        line.sendall(b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x00\x00\x02B1")
        line.sendall(b"\x82\x0c\x00\x01\x00\x07down/B1\x01")
        assert line.recv(4, socket.MSG_WAITALL)[0] == 0x20
        assert line.recv(5, socket.MSG_WAITALL)[0] == 0x90
        downlink = Downlink(at.transport.publish, lambda _: Unit("B1", Role.OFFENDER, key, 1), 0)
        for outcome in (
            Outcome(answers=[Answer("B1", 1, 1, 1, 30, 0, 0, 100, 0)]),
            Outcome(warnings=[Warn("B1", 7, 3, 3, 4, 2_000_000)]),
            Outcome(fix_now=["B1"]),
            Outcome(clear_latch=[Clear("B1", 8, "strap")]),
        ):
            downlink.send(outcome, 1_000_000)
            seen.append(line.recv(_PACKET_BYTES, socket.MSG_WAITALL))
        line.setblocking(False)
        with pytest.raises(BlockingIOError):
            line.recv(1)
    clear = _PACKET_BYTES - COMMAND_BYTES
    assert {packet[:clear] for packet in seen} == {b"\x30\x45\x00\x07down/B1"}
    assert len({packet[clear : clear + 4] for packet in seen}) == 1


def test_a_host_that_comes_back_keeps_no_session(broker: Broker, units: paho.Client) -> None:
    with Host(broker):
        pass
    units.publish("up/B1", b"meanwhile", 1).wait_for_publish(WITHIN_S)  # and said again later
    units.publish("status/B1", b"0", 1, retain=True).wait_for_publish(WITHIN_S)
    with Host(broker) as host:
        (gone,) = host.take(1)
        units.publish("up/B1", b"again", 1)
        (said,) = host.take(1)
    assert isinstance(gone, Connection)
    assert (gone.unit, gone.up) == ("B1", False)
    assert isinstance(said, Received)
    assert said[:2] == ("B1", b"again")


@pytest.mark.live
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_sessions_cut_short_by_a_power_cut_keep_nothing_from_the_host(
    broker: Broker, units: paho.Client, tmp_path: Path, share: float
) -> None:
    with Host(broker) as host:
        os.kill(broker.pid, signal.SIGKILL)
        for name in ("meta.inf", "mosquitto.db"):
            for file in (tmp_path / "broker").rglob(name):
                os.truncate(file, int(file.stat().st_size * share))
        _until(lambda: not host.transport.connected.is_set())
        assert host.transport.connected.wait(WITHIN_S)
        _until(units.is_connected)
        units.publish("up/B1", b"here", 1).wait_for_publish(WITHIN_S)
        assert host.take(1)[0][:2] == ("B1", b"here")  # type: ignore[index]


@pytest.mark.live
def test_it_reconnects_and_hears_again(broker: Broker, units: paho.Client) -> None:
    with Host(broker) as host:
        os.kill(broker.pid, 9)
        _until(lambda: not host.transport.connected.is_set())
        host.transport.publish("B1", b"answer")
        assert host.transport.counters["not_sent"] == 1
        assert host.transport.connected.wait(WITHIN_S)
        units.publish("up/B1", b"here again", 1)
        assert host.take(1)[0][:2] == ("B1", b"here again")  # type: ignore[index]
        assert host.transport.counters["disconnected"] == 1


@pytest.mark.live
def test_two_clients_of_one_name_are_an_alarm_that_names_the_unit(broker: Broker) -> None:
    with Host(broker) as host:
        rivals = [paho.Client(CallbackAPIVersion.VERSION2, client_id="B1") for _ in range(2)]
        for rival in rivals:
            rival.will_set("status/B1", b"0", 1, retain=True)
            rival.reconnect_delay_set(1, 1)
            rival.on_connect = lambda client, *_: client.publish("status/B1", b"1", 1, retain=True)
            rival.connect("127.0.0.1", broker.port)
            rival.loop_start()
        _until(lambda: host.troubles() == {(UNIT_EVICTED, "B1"): "B1"})
        for rival in rivals:
            rival.disconnect()
            rival.loop_stop()


@pytest.mark.live
def test_two_hosts_of_one_name_are_an_alarm_of_both(broker: Broker) -> None:
    with Host(broker) as first, Host(broker) as second:
        for host in (first, second):
            _until(lambda host=host: host.troubles() == {(HOST_EVICTED, ""): "3"})  # type: ignore[misc]


@pytest.mark.live
def test_what_is_retained_is_no_connection_that_did_not_last(
    broker: Broker, units: paho.Client
) -> None:
    units.publish("status/B1", b"1", 1, retain=True).wait_for_publish(WITHIN_S)
    with Host(broker) as host:
        host.take(1)
        for _ in range(SHORT_MAX):
            units.publish("status/B1", b"1", 1)
        host.take(SHORT_MAX)
        assert host.troubles() == {}
        units.publish("status/B1", b"1", 1)
        host.take(1)
        assert host.troubles() == {(UNIT_EVICTED, "B1"): "B1"}


def test_a_broker_that_is_not_there_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    address = parse_address(f"mqtt://127.0.0.1:{free_port()}")
    transport = MqttTransport(address, Clock(), client="host", enrolled=bool)
    transport.start(Inbox())
    _until(lambda: transport.counters["connection_failed"] == 2)
    transport.stop()
    (record,) = caplog.records
    assert f"{address} cannot be reached" in record.message
    assert "refused" in record.message


def _until(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.01)
