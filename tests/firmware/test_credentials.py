"""A broker that lets in only whom it knows, each to its own topics, as README.md asks for."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.tools.bytecode import compile_all
from firmware.tools.micropython import NARROW
from host.base.loopback import LOOPBACK
from host.service.broker import MosquittoBroker
from protocol import command, record
from tests.firmware.shipped_unit import Host, ShippedUnit

pytestmark = pytest.mark.live

UNIT = "V17"
PASSWORDS = {UNIT: "a:word@heart", "V18": "another", "host": "the centre's"}
OWN_TOPICS = """\
user host
topic read up/+
topic read status/+
topic write down/+
pattern write up/%u
pattern write status/%u
pattern read down/%u
"""


class GuardedBroker(MosquittoBroker):
    """With a password file and an access control list."""

    def _arguments(self) -> list[str]:
        arguments = super()._arguments()
        passwords, topics = self._folder / "passwords", self._folder / "topics"
        passwords.touch(0o600)
        for user, password in PASSWORDS.items():
            subprocess.run(["mosquitto_passwd", "-b", passwords, user, password], check=True)
        topics.write_text(OWN_TOPICS)
        topics.chmod(0o600)
        configuration = Path(arguments[-1])
        guarded = f"allow_anonymous false\npassword_file {passwords}\nacl_file {topics}"
        written = configuration.read_text()
        configuration.write_text(written.replace("allow_anonymous true", guarded))
        return arguments


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with (
        GuardedBroker(tmp_path / "broker") as broker,
        Host(broker.port, UNIT, PASSWORDS["host"]) as running,
    ):
        yield running


@pytest.fixture
def shipped(tmp_path: Path, host: Host) -> ShippedUnit:
    return ShippedUnit(NARROW, compile_all(), tmp_path, host)


def test_a_unit_with_its_password_is_let_in_and_heard_and_told(
    shipped: ShippedUnit, host: Host
) -> None:
    with shipped.run(f"{UNIT}:{PASSWORDS[UNIT]}@{LOOPBACK}:{host.port}") as board:
        board.expect("say connected")
        host.await_status(b"1")
        host.expect(record.Boot, boots=1)
        host.send(command.Warning, 0xABC, command.ALERT, command.PATTERN_URGENT, 5)
        board.expect("feel 3 2 5")
        host.expect(record.Receipt, warning_id=0xABC)
        board.stop()
        assert not any(PASSWORDS[UNIT] in line for line in board.lines)


@pytest.mark.parametrize("login", ["", f"{UNIT}:wrong@"], ids=["nobody", "a wrong password"])
def test_a_unit_without_its_password_is_refused(
    shipped: ShippedUnit, host: Host, login: str
) -> None:
    with shipped.run(f"{login}{LOOPBACK}:{host.port}") as board:
        board.expect("say disconnected refused")
        board.stop()


def test_a_unit_with_anothers_password_is_not_heard(shipped: ShippedUnit, host: Host) -> None:
    with shipped.run(f"V18:{PASSWORDS['V18']}@{LOOPBACK}:{host.port}") as board:
        board.expect("say connected")
        board.stop()
    with shipped.run(f"{UNIT}:{PASSWORDS[UNIT]}@{LOOPBACK}:{host.port}"):
        host.expect(record.Boot, boots=2)
        assert b"0" not in host.status  # which the run before said when it stopped
