"""The console with a certificate of its own, and behind a reverse proxy on the same machine."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from host.base.catalogue import catalogue
from host.web.app import create_app
from host.web.server import ConsoleServer
from tests.host.accounts.people import PASSWORD
from tests.host.web.client import MARTA, SAME
from tests.host.web.staffed import Staffed

NAME = "centro.example"


@pytest.fixture
def certified(tmp_path: Path) -> tuple[Path, Path]:
    """(certificate, key) of 127.0.0.1, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "console.pem", tmp_path / "console.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


@pytest.fixture
def secured(staffed: Staffed, certified: tuple[Path, Path]) -> Iterator[ConsoleServer]:
    certificate, key = certified
    server = ConsoleServer(staffed.app, staffed.feed, port=0, certificate=certificate, key=key)
    server.start()
    yield server
    server.stop()


def test_with_a_certificate_it_speaks_tls_and_nothing_else(
    secured: ConsoleServer, certified: tuple[Path, Path], staffed: Staffed
) -> None:
    assert secured.url.startswith("https://")
    trust = ssl.create_default_context(cafile=str(certified[0]))
    staffed.house.enrol()
    with httpx.Client(base_url=secured.url, verify=trust, headers=SAME) as browser:
        said = {"account": "ana", "password": PASSWORD}
        answer = browser.post("/api/v1/session", json=said)
        assert answer.json()["lacks"] == "second_factor"
        assert set(browser.cookies) == {"__Host-resguardo-session", "__Host-resguardo-browser"}
        assert browser.get("/api/v1/session").json()["account"] == "ana"
    with pytest.raises(httpx.HTTPError):
        httpx.get(secured.url.replace("https", "http"))
    with pytest.raises(httpx.ConnectError, match="certificate"):
        httpx.get(secured.url)


def test_behind_a_proxy_it_is_reached_by_its_name_alone(staffed: Staffed) -> None:
    app = create_app(
        staffed.played,
        staffed.feed,
        catalogue(),
        accounts=staffed.house.accounts,
        names=frozenset({NAME}),
    )
    server = ConsoleServer(app, staffed.feed, port=0, proxied=True)
    server.start()
    staffed.house.enrol()
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    try:
        with httpx.Client(base_url=server.url) as proxy:
            said = {"account": "ana", "password": PASSWORD}
            headers = {**proxied, "Host": NAME, "Origin": f"https://{NAME}"}
            answer = proxy.post("/api/v1/session", json=said, headers=headers)
            assert answer.status_code == 200
            assert all("Secure" in one for one in answer.headers.get_list("set-cookie"))
            foreign = proxy.post("/api/v1/session", json=said, headers={**headers, "Host": "x.y"})
            assert foreign.json()["reason"] == "foreign_host"
            plain = {**headers, "Origin": f"http://{NAME}"}
            answer = proxy.post("/api/v1/session", json=said, headers=plain)
            assert answer.json()["reason"] == "foreign_origin"
    finally:
        server.stop()
    told = [one.data or b"" for one in staffed.house.accounts.witness.told(0, 100)]
    assert any(b"203.0.113.9" in one for one in told)


def test_nobody_is_present_for_whom_a_proxy_brings(staffed: Staffed) -> None:
    app = create_app(
        staffed.played,
        staffed.feed,
        catalogue(),
        accounts=staffed.house.accounts,
        present=MARTA,
    )
    server = ConsoleServer(app, staffed.feed, port=0)
    server.start()
    try:
        with httpx.Client(base_url=server.url) as caller:
            assert caller.get("/api/v1/session").json()["account"] == MARTA.account
            stale = {"Cookie": "resguardo-session=of-another-host"}
            assert caller.get("/api/v1/session", headers=stale).json()["present"]
            for header in ("X-Forwarded-For", "Forwarded"):
                brought = caller.get("/api/v1/session", headers={header: "203.0.113.9"})
                assert brought.status_code == 401
    finally:
        server.stop()
