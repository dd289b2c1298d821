"""Where a broker is, how to be let in, and a client that knows both."""

import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from host.base.errors import ResguardoError, UsageError

_PORTS = {"mqtt": 1883, "mqtts": 8883}


_OWN = "broker.address"  # in a host's folder, while its own broker runs


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where a broker is and how to be let in. Never printed whole: it holds the password."""

    host: str
    port: int
    tls: bool = False
    user: str | None = None
    password: str | None = None
    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def __str__(self) -> str:
        return f"{'mqtts' if self.tls else 'mqtt'}://{self.host}:{self.port}"

    def __repr__(self) -> str:
        return f"BrokerAddress({self})"


@contextlib.contextmanager
def told_in(folder: Path, address: BrokerAddress) -> Iterator[None]:
    """Say in a host's folder where its own broker is, for simulated units; without its login."""
    file = folder / _OWN
    file.write_text(f"{address.host}:{address.port}\n", encoding="utf-8")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def own_broker(folder: Path) -> str | None:
    """HOST:PORT of the own broker of the host that runs on a folder; None where none does."""
    try:
        return (folder / _OWN).read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def parse_address(
    url: str,
    authority: Path | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
) -> BrokerAddress:
    """mqtt://user:password@host:port, or mqtts:// with PEM files. Raises UsageError."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise UsageError("a broker is mqtt://host:port or mqtts://host:port") from None
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise UsageError("a broker is mqtt://host:port or mqtts://host:port, with no path")
    tls = parts.scheme == "mqtts"
    if not tls and (authority or certificate or key):
        raise UsageError("certificates are for mqtts://")
    if (certificate is None) != (key is None):
        raise UsageError("a client certificate and its key go together")
    user = None if parts.username is None else unquote(parts.username)
    password = None if parts.password is None else unquote(parts.password)
    return BrokerAddress(parts.hostname, port, tls, user, password, authority, certificate, key)


def make_client(address: BrokerAddress, name: str) -> paho.Client:
    """An MQTT 3.1.1 client of that name, which the broker keeps no session for.

    Raises ResguardoError for certificates that cannot be used.
    """
    client = paho.Client(
        CallbackAPIVersion.VERSION2,
        client_id=name,
        clean_session=True,
        protocol=paho.MQTTv311,
    )
    client.username_pw_set(address.user, address.password)
    if address.tls:
        client.tls_set_context(tls_context(address))
    client.on_socket_open = _send_without_delay
    return client


def tls_context(address: BrokerAddress) -> ssl.SSLContext:
    """Verifies authority and host name; TLS 1.2 or later."""
    try:
        context = ssl.create_default_context(cafile=address.authority)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if address.certificate is not None:
            context.load_cert_chain(address.certificate, address.key)
    except (OSError, ssl.SSLError) as error:
        raise ResguardoError(f"the certificates for {address} cannot be used: {error}") from error
    return context


def _send_without_delay(_: paho.Client, __: Any, connection: Any) -> None:
    """Small packets would wait 40 ms for each other's acknowledgement (RFC 896, RFC 1122)."""
    with contextlib.suppress(OSError):  # it has closed already: the next one is set anew
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
