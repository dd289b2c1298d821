"""Where a broker is and how it is reached, as people write it."""

import ssl
from pathlib import Path

import pytest

from host.base.errors import ResguardoError
from host.service.broker_address import BrokerAddress, make_client, parse_address, tls_context


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("mqtt://h", BrokerAddress("h", 1883)),
        ("mqtt://h:2883", BrokerAddress("h", 2883)),
        ("mqtts://h", BrokerAddress("h", 8883, tls=True)),
        ("mqtt://me:a%3Ab@h/", BrokerAddress("h", 1883, user="me", password="a:b")),
        ("mqtt://[::1]:1", BrokerAddress("::1", 1)),
    ],
)
def test_an_address_is_read(url: str, address: BrokerAddress) -> None:
    assert parse_address(url) == address


def test_tls_verifies_authority_and_host_name() -> None:
    context = tls_context(parse_address("mqtts://h"))
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_certificates_that_cannot_be_used_are_told(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ResguardoError, match=r"certificates for mqtts://h:8883 cannot be used"):
        make_client(parse_address("mqtts://h", file), "host")
