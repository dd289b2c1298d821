"""The MQTT client, packet by packet. Numbers in brackets are sections of MQTT 3.1.1 (OASIS)."""

from firmware import mqtt_packets as packets
from firmware.mqtt import (
    CONNECTED,
    MESSAGE,
    PUBLISHED,
    SUBSCRIBED,
    Client,
    Malformed,
    Oversized,
    Refused,
)
from tests.firmware.on_device.online import CONNACK, online, silent, written

CONNACK_PRESENT = b"\x20\x02\x01\x00"
SUBACK = b"\x90\x03\x00\x01\x00"


def refuses(client, data, error):
    """Whether feeding `data` raises `error`, and no other."""
    try:
        client.feed(data)
    except error as refusal:
        return refusal.reason == error.reason and bool(refusal.args[0])
    return False


def test_connect_says_who_it_is_and_keeps_no_session():
    client = Client("B1")
    client.connect(0)
    # [3.1]: level 4, clean session 02, keep alive 60, client id
    assert written(client) == [b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02B1"]
    assert not client.online


def test_connect_with_will_and_password():
    client = Client("B1", (), ("status/B1", b"0"), "B1", "secret", 30)
    client.connect(0)
    # [3.1.2.3]: user 80, password 40, will retained 20, will QoS 1 08, will 04, clean 02
    head = b"\x10\x28\x00\x04MQTT\x04\xee\x00\x1e"
    payload = b"\x00\x02B1\x00\x09status/B1\x00\x010\x00\x02B1\x00\x06secret"
    assert written(client) == [head + payload]


def test_subscribes_once_accepted():
    client = Client("B1", ("down/B1",))
    client.connect(0)
    written(client)
    assert client.feed(CONNACK) == [(CONNECTED,)]
    assert client.online
    # [3.8]: flags 2, packet id 1, QoS 0
    assert written(client) == [b"\x82\x0c\x00\x01\x00\x07down/B1\x00"]
    assert client.feed(SUBACK) == [(SUBSCRIBED,)]


def test_subscribes_at_every_connect_whatever_the_broker_says_it_remembers():
    client = Client("B1", ("down/B1",))
    for packet_id in (1, 2, 3):
        client.connect(0)
        assert client.feed(CONNACK_PRESENT) == [(CONNECTED,)]
        assert [packet[0] for packet in written(client)] == [0x10, 0x82]
        assert client.feed(b"\x90\x03\x00" + bytes((packet_id, 0))) == [(SUBSCRIBED,)]
        client.lost()


def test_a_broker_that_refuses_is_left():
    for code in range(1, 6):  # [3.2.2.3]
        client = Client("B1")
        client.connect(0)
        assert refuses(client, bytes((0x20, 2, 0, code)), Refused)
    client = Client("B1", ("down/B1",))
    client.connect(0)
    client.feed(CONNACK)
    assert refuses(client, b"\x90\x03\x00\x01\x80", Refused)


def test_publishes_with_qos_1():
    client = online()
    assert client.publish("up/B1", b"\x01\x02") == 1
    assert client.publish("status/B1", b"1", True) == 2
    assert client.room == 2
    assert written(client) == [
        b"\x32\x0b\x00\x05up/B1\x00\x01\x01\x02",
        b"\x33\x0e\x00\x09status/B1\x00\x021",
    ]
    assert client.feed(b"\x40\x02\x00\x02") == [(PUBLISHED, 2)]
    assert client.feed(b"\x40\x02\x00\x02") == []
    assert client.room == 3


def test_a_length_has_as_many_bytes_as_it_needs():
    lengths = ((118, b"\x7f"), (119, b"\x80\x01"), (16374, b"\xff\x7f"), (16375, b"\x80\x80\x01"))
    for size, length in lengths:
        client = online()
        client.publish("up/B1", bytes(size))
        assert client.outgoing()[1 : 1 + len(length)] == length


def test_no_more_than_the_window_is_on_its_way():
    client = online(window=2)
    client.publish("up/B1", b"")
    client.publish("up/B1", b"")
    try:
        client.publish("up/B1", b"")
    except ValueError as error:
        assert "2 messages" in str(error)
    else:
        raise AssertionError("published")


def test_what_the_broker_did_not_confirm_goes_again_in_order():
    client = online()
    for payload in (b"a", b"b", b"c"):
        client.publish("u", payload)
    written(client)
    client.feed(b"\x40\x02\x00\x02")
    client.publish("u", b"d")  # never handed out
    client.lost()
    assert written(client) == []
    client.publish("u", b"e")  # while offline
    client.connect(0)
    client.feed(CONNACK)
    assert written(client)[1:] == [
        b"\x32\x06\x00\x01u\x00\x01a",
        b"\x32\x06\x00\x01u\x00\x03c",
        b"\x32\x06\x00\x01u\x00\x04d",
        b"\x32\x06\x00\x01u\x00\x05e",
    ]


def test_packet_ids_are_never_0_and_never_in_use():
    client = online()
    assert client.publish("u", b"") == 1  # stays on its way
    for packet_id in range(2, 0x10000):
        assert client.publish("u", b"") == packet_id
        client.outgoing()
        assert client.feed(b"\x40\x02" + packet_id.to_bytes(2, "big")) == [(PUBLISHED, packet_id)]
    assert client.publish("u", b"") == 2


def test_receives_and_confirms():
    client = online()
    # [3.3]: QoS 0, then QoS 1 retained as a duplicate
    assert client.feed(b"\x30\x04\x00\x01tx") == [(MESSAGE, "t", b"x")]
    assert written(client) == []
    assert client.feed(b"\x3b\x06\x00\x01t\x12\x34y") == [(MESSAGE, "t", b"y")]
    assert written(client) == [b"\x40\x02\x12\x34"]
    assert client.feed(b"\x32\x05\x00\x01t\x00\x01") == [(MESSAGE, "t", b"")]


def test_bytes_may_be_cut_anywhere():
    stream = b"\x30\x80\x01\x00\x01t" + bytes(125) + b"\xd0\x00\x32\x06\x00\x01t\x00\x07z"
    expected = [(MESSAGE, "t", bytes(125)), (MESSAGE, "t", b"z")]
    for size in (1, 2, 3, 7, 100, len(stream)):
        client = online()
        events = []
        for at in range(0, len(stream), size):
            events += client.feed(stream[at : at + size])
        assert events == expected


def test_what_no_server_may_send_is_malformed():
    for data in (
        b"\x00\x00",  # type 0
        b"\xf0\x00",  # type 15
        b"\x10\x00",  # CONNECT
        b"\x50\x02\x00\x01",  # PUBREC: QoS 2 is never used
        CONNACK,  # a second one
        b"\x34\x05\x00\x01t\x00\x01",  # QoS 2
        b"\x36\x05\x00\x01t\x00\x01",  # QoS 3
        b"\x32\x05\x00\x01t\x00\x00",  # packet id 0
        b"\x30\x02\x00\x05",  # a topic longer than the packet
        b"\x30\x02\x00\x00",  # no topic
        b"\x30\x01\x00",
        b"\x32\x03\x00\x01t",  # no packet id
        b"\x30\x03\x00\x01\xff",  # no UTF-8
        b"\x41\x02\x00\x01",  # flags that are reserved [2.2.2]
        b"\x40\x01\x00",
        b"\xd0\x01\x00",
        b"\x90\x03\x00\x01\x01",  # SUBACK, of nothing
        b"\xd0\x80\x80\x80\x80\x00",  # a length of five bytes [2.2.3]
    ):
        assert refuses(online(), data, Malformed), data
    for data in (b"\xd0\x00", b"\x20\x01\x00", b"\x20\x02\x02\x00"):  # CONNACK comes first
        client = Client("B1")
        client.connect(0)
        assert refuses(client, data, Malformed), data


def published(topic, packet_id, payload):
    """A PUBLISH of QoS 1, as a server sends it."""
    return bytes(packets.publish(packet_id, topic, payload, False))


def test_a_message_too_long_is_read_past_and_acknowledged():
    for size, length in ((600, b"\xd8\x04"), (0x0FFFFFFF, b"\xff\xff\xff\x7f")):
        client = online()
        assert client.feed(b"\x32" + length + b"\x00\x01t\x00\x05") == []
        if size > 600:
            client._filled = size - 595  # a quarter of a gigabyte later
        for _ in range(594):
            assert client.feed(b"\x00") == []
        heard = client.feed(b"\x00\x30\x04\x00\x01tx")
        assert [event[:2] for event in heard] == [(MESSAGE, "t")] * 2
        assert (len(heard[0][2]), heard[1][2]) == (123, b"x")
        assert written(client) == [b"\x40\x02\x00\x05"]


def test_only_a_message_may_be_too_long():
    for kind in (b"\x20", b"\x40", b"\x90", b"\xd0"):
        client = online(packet_bytes_max=100)
        assert client.feed(b"\x30\x64\x00\x01t" + bytes(97)) == [(MESSAGE, "t", bytes(97))]
        assert refuses(client, kind + b"\x65", Oversized)


def test_while_a_long_message_comes_in_nothing_else_is_missed():
    client = online()
    client.publish("u", b"")
    written(client)
    packet = published("t", 5, bytes(600))
    client.feed(packet[:10])
    for n in range(1, 40):  # slowly, far beyond any reply's time
        client.tick(n * 15_000)
        client.feed(packet[9 + n : 10 + n])
    assert b"\xc0\x00" in written(client)  # or the broker would hang up meanwhile
    assert client.feed(packet[49:]) == [(MESSAGE, "t", bytes(123))]
    client.feed(b"\xd0\x00")
    assert silent(client, 39 * 15_000, "PUBACK")


def test_a_message_that_breaks_off_is_not_waited_for():
    client = online()
    client.feed(published("t", 5, bytes(600))[:100])
    client.tick(5_000)
    client.feed(bytes(10))
    assert silent(client, 5_000, "rest of a packet")


def test_leaves_in_peace():
    client = online()
    client.disconnect()
    assert written(client) == [b"\xe0\x00"]
