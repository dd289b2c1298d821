"""What a unit asks its broker for, as the broker reads it."""

import socket
from pathlib import Path

import pytest

from firmware.boards.file_flash import FileFlash
from firmware.identity import Identity, adopt
from firmware.storage import open_settings
from firmware.tools.bytecode import compile_all
from firmware.tools.micropython import NARROW
from host.base.loopback import LOOPBACK
from protocol.contact import unheard_ms
from protocol.enrolment import BRACELET, VICTIM
from tests.firmware.shipped_unit import WITHIN_S, Board

_HEAD = b"\x00\x04MQTT\x04"  # name and level of the protocol; the flags and the keep-alive follow


@pytest.mark.parametrize("role", [BRACELET, VICTIM])
def test_a_broker_misses_a_unit_when_the_host_counts_on_it(tmp_path: Path, role: str) -> None:
    flash = FileFlash(str(tmp_path / "flash"), 1 << 20)
    adopt(open_settings(flash), Identity("U1", role, bytes(32), 1), 5)
    flash.close()
    with socket.create_server((LOOPBACK, 0)) as server:
        server.settimeout(WITHIN_S)
        broker = f"{LOOPBACK}:{server.getsockname()[1]}"
        with Board(NARROW, compile_all(), tmp_path, role=role, broker=broker) as board:
            with server.accept()[0] as connection:
                asked = connection.recv(256).partition(_HEAD)[2]
            board.stop()
    keep_alive_s = int.from_bytes(asked[1:3], "big")
    assert keep_alive_s * 1500 == unheard_ms(role == BRACELET)  # MQTT 3.1.1, 3.1.2.10
