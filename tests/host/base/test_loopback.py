"""Which addresses only this machine can reach."""

import pytest

from host.base.loopback import LOOPBACK, is_loopback


@pytest.mark.parametrize("host", [LOOPBACK, "127.8.8.8", "::1", "localhost"])
def test_of_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "::", "example.org", ""])
def test_not_of_this_machine(host: str) -> None:
    assert not is_loopback(host)
