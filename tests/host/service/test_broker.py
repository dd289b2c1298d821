"""The two brokers: what units and host rely on, whichever carries the bytes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from host.base.errors import ResguardoError
from host.service import broker as broker_module
from host.service.broker import Broker, MosquittoBroker

pytestmark = pytest.mark.live
BROKERS = [Broker, MosquittoBroker]
WITHIN_S = 10.0


@pytest.fixture(params=BROKERS)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    with request.param(tmp_path / "broker") as broker:
        yield broker


class Client:
    """A client whose messages are taken one by one."""

    def __init__(self, broker: Broker, name: str, *topics: str, clean: bool = True) -> None:
        self.messages: Queue[tuple[str, bytes]] = Queue()
        self.returned = Queue[bool]()  # whether the broker had kept the session
        self._topics = topics
        self.mqtt = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=name,
            clean_session=clean,
            reconnect_on_failure=True,
        )
        self.mqtt.reconnect_delay_set(1, 1)
        self.mqtt.on_connect = self._on_connect
        self.mqtt.on_subscribe = self._on_subscribe
        self.mqtt.on_message = lambda _, __, m: self.messages.put((m.topic, bytes(m.payload)))
        self._port = broker.port

    def _on_connect(self, client: paho.Client, _: Any, flags: Any, *__: Any) -> None:
        self._present = flags.session_present
        client.subscribe([(topic, 1) for topic in (*self._topics, "none/x")])

    def _on_subscribe(self, _: Any, __: Any, ___: int, codes: list[Any], ____: Any) -> None:
        self.granted = [code.value for code in codes]
        self.returned.put(self._present)

    def begin(self, will: str | None = None) -> "Client":
        if will is not None:
            self.mqtt.will_set(will, b"0", qos=1, retain=True)
        self.mqtt.connect("127.0.0.1", self._port, keepalive=5)
        self.mqtt.loop_start()
        self.returned.get(timeout=WITHIN_S)
        return self

    def end(self) -> None:
        self.mqtt.disconnect()
        self.mqtt.loop_stop()

    def vanish(self) -> None:
        """Be gone without a word."""
        connection = self.mqtt.socket()
        assert connection is not None
        self.mqtt.loop_stop()
        connection.close()


def test_a_message_arrives_once_at_qos_1(broker: Broker) -> None:
    host = Client(broker, "host", "up/+").begin()
    unit = Client(broker, "B1").begin()
    for n in range(50):
        unit.mqtt.publish("up/B1", b"%d" % n, qos=1).wait_for_publish(WITHIN_S)
    got = [host.messages.get(timeout=WITHIN_S) for _ in range(50)]
    assert got == [("up/B1", b"%d" % n) for n in range(50)]
    assert host.messages.empty()
    unit.end()
    host.end()


def test_a_silent_unit_leaves_its_last_will(broker: Broker) -> None:
    host = Client(broker, "host", "status/+").begin()
    unit = Client(broker, "B1").begin(will="status/B1")
    unit.mqtt.publish("status/B1", b"1", qos=1, retain=True).wait_for_publish(WITHIN_S)
    assert host.messages.get(timeout=WITHIN_S) == ("status/B1", b"1")
    unit.vanish()
    assert host.messages.get(timeout=WITHIN_S) == ("status/B1", b"0")
    host.end()
    late = Client(broker, "late", "status/+").begin()
    assert late.messages.get(timeout=WITHIN_S) == ("status/B1", b"0")  # retained
    late.end()


def test_a_unit_that_goes_by_itself_leaves_no_will(broker: Broker) -> None:
    host = Client(broker, "host", "status/+", "up/+").begin()
    Client(broker, "B1").begin(will="status/B1").end()
    other = Client(broker, "B2").begin()
    other.mqtt.publish("up/B2", b"later", qos=1)
    assert host.messages.get(timeout=WITHIN_S) == ("up/B2", b"later")
    other.end()
    host.end()


def test_a_broker_that_dies_is_back_on_its_port(broker: Broker) -> None:
    unit = Client(broker, "B1", "down/B1", clean=False).begin()
    died = broker.pid
    os.kill(died, 9)
    unit.returned.get(timeout=WITHIN_S)  # reconnected and subscribed by itself
    assert broker.pid != died
    assert broker.restarts == 1
    host = Client(broker, "host").begin()
    host.mqtt.publish("down/B1", b"again", qos=1)
    assert unit.messages.get(timeout=WITHIN_S) == ("down/B1", b"again")
    unit.end()
    host.end()


def test_no_subscription_is_one_too_many(broker: Broker) -> None:
    # NATS server refuses the 1,001st unless told otherwise; no client may have more than 63.
    units = [
        Client(broker, f"B{n}", *(f"down/B{n}x{m}" for m in range(49))).begin() for n in range(21)
    ]
    assert [unit.granted for unit in units] == [[1] * 50] * 21
    host = Client(broker, "host").begin()
    host.mqtt.publish("down/B20x48", b"warning", qos=1)
    assert units[-1].messages.get(timeout=WITHIN_S) == ("down/B20x48", b"warning")
    for client in (*units, host):
        client.end()


def test_a_huge_message_is_not_passed_on(broker: Broker) -> None:
    host = Client(broker, "host", "up/+").begin()
    unit = Client(broker, "B1").begin()
    unit.mqtt.publish("up/B1", bytes(100_000), qos=0)
    other = Client(broker, "B2").begin()
    other.mqtt.publish("up/B2", bytes(60_000), qos=1).wait_for_publish(WITHIN_S)
    assert host.messages.get(timeout=WITHIN_S) == ("up/B2", bytes(60_000))
    assert host.messages.empty()
    for client in (unit, other, host):
        client.end()


@pytest.mark.parametrize("kind", BROKERS)
def test_a_broker_does_not_outlive_its_host(tmp_path: Path, kind: type[Broker]) -> None:
    script = (
        "import sys, time; from pathlib import Path; from host.service import broker;"
        f"b = broker.{kind.__name__}(Path(sys.argv[1])); b.start();"
        "print(b.pid, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.kill()
    _until(lambda: not _runs(pid))


@pytest.mark.parametrize("kind", BROKERS)
def test_a_port_that_is_taken_is_named(tmp_path: Path, kind: type[Broker]) -> None:
    with (
        kind(tmp_path / "first") as first,
        pytest.raises(ResguardoError, match="for the broker: Address already in use"),
    ):
        kind(tmp_path / "second", first.port).start()


def test_a_program_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MosquittoBroker, "program", "no-such-broker")
    assert not MosquittoBroker.installed()
    with pytest.raises(ResguardoError, match="no-such-broker is not installed"):
        MosquittoBroker(tmp_path).start()


def test_a_broker_that_cannot_be_started_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker_module, "_WITH_PARENT", ["no-such-setpriv"])
    with pytest.raises(ResguardoError, match="cannot be started: no-such-setpriv: No such file"):
        Broker(tmp_path).start()


def test_a_broker_whose_log_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "broker.log").mkdir()
    with pytest.raises(ResguardoError, match=r"cannot be started: .*broker.log: Is a directory"):
        Broker(tmp_path).start()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ResguardoError, match=r"cannot be started: .*broker: Not a directory"):
        Broker(tmp_path / "file" / "broker").start()


def test_a_broker_that_cannot_be_started_again_is_tried_until_it_can(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with_parent = broker_module._WITH_PARENT
    monkeypatch.setattr(broker_module, "_WITH_PARENT", ["no-such-setpriv"])
    died = broker.pid
    os.kill(died, 9)
    _until(lambda: broker.restarts >= 2)
    monkeypatch.setattr(broker_module, "_WITH_PARENT", with_parent)
    _until(lambda: broker.pid != died)
    assert [record.getMessage() for record in caplog.records] == [
        f"the broker {broker.program} cannot be started: no-such-setpriv: No such file or directory"
    ]


def _runs(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def _until(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.01)
