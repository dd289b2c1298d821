"""An MQTT client that its broker has accepted, packet by packet."""

from firmware.mqtt import CONNECTED, Client, TimedOut

CONNACK = b"\x20\x02\x00\x00"


def written(client):
    """What the client wants to write, one item a packet."""
    packets = []
    packet = client.outgoing()
    while packet:
        packets.append(bytes(packet))
        packet = client.outgoing()
    return packets


def online(**options):
    """A client without topics that the broker has accepted at 0 ms."""
    client = Client("B1", **options)
    client.connect(0)
    assert len(written(client)) == 1
    assert client.feed(CONNACK) == [(CONNECTED,)]
    return client


def silent(client, since_ms, what):
    """Whether the client waits 20 s for `what` and then gives up."""
    client.tick(since_ms + 19_999)
    assert client.due_ms == since_ms + 20_000
    try:
        client.tick(since_ms + 20_000)
    except TimedOut as error:
        return what in error.args[0]
    return False
