import serial

from simulator.parts.cable import Cable

EVERY_BYTE = bytes(range(256))


def test_bytes_go_through_as_they_are_both_ways() -> None:
    with (
        Cable() as cable,
        serial.Serial(cable.host_end, timeout=5, exclusive=True) as host,
        serial.Serial(cable.unit_end, timeout=5) as unit,
    ):
        host.write(EVERY_BYTE)
        assert unit.read(256) == EVERY_BYTE
        unit.write(EVERY_BYTE)
        assert host.read(256) == EVERY_BYTE
        assert unit.in_waiting == host.in_waiting == 0  # no echo


def test_an_end_may_be_closed_and_opened_again() -> None:
    with Cable() as cable, serial.Serial(cable.unit_end, timeout=5) as unit:
        serial.Serial(cable.host_end).close()
        with serial.Serial(cable.host_end, timeout=5) as host:
            unit.write(b"hello\n")
            assert host.readline() == b"hello\n"
