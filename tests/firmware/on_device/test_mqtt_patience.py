"""How long the MQTT client waits, and when it pings."""

from firmware.mqtt import Client, TimedOut
from tests.firmware.on_device.online import CONNACK, online, silent, written


def test_pings_when_either_side_is_silent():
    client = online(keep_alive_s=40)
    assert client.due_ms == 30_000
    client.tick(29_999)
    assert written(client) == []
    client.tick(30_000)
    assert written(client) == [b"\xc0\x00"]
    client.tick(31_000)
    assert client.feed(b"\xd0\x00") == []
    assert client.due_ms == 60_000
    client.tick(59_000)
    client.publish("u", b"")
    written(client)
    client.feed(b"\x40\x02\x00\x01")
    client.tick(80_000)
    assert written(client) == []


def test_waits_for_no_answer_for_ever():
    client = Client("B1", ("down/B1",))
    client.connect(1_000)
    assert silent(client, 1_000, "CONNACK")
    client.lost()
    assert client.due_ms > 1 << 40
    client.tick(1 << 40)
    client.connect(50_000)
    client.feed(CONNACK)
    assert silent(client, 50_000, "SUBACK")
    client = online(keep_alive_s=100)
    client.publish("u", b"")
    assert silent(client, 0, "PUBACK")


def test_what_was_idle_is_given_up_in_half_the_time_and_pinged_twice_as_often():
    client = online(keep_alive_s=120)
    for ping_ms in (90_000, 45_000, 22_500):
        assert client.due_ms == ping_ms
        client.tick(ping_ms)
        assert written(client)[-1] == b"\xc0\x00"
        client.tick(ping_ms + 9_999)
        assert client.due_ms == ping_ms + 10_000
        try:
            client.tick(ping_ms + 10_000)
        except TimedOut as error:
            assert "PINGRESP" in error.args[0]
        else:
            raise AssertionError("waits on")
        client.lost()
        client.connect(0)
        client.feed(CONNACK)
    assert client.due_ms == 11_250  # nothing is forgotten so soon
    client.tick(11_250)
    written(client)
    assert silent(client, 11_250, "PINGRESP")


def test_pings_that_are_answered_become_rarer_again():
    client = online(keep_alive_s=20)
    client._ping_ms = 14_930  # as after a connection that was forgotten
    now_ms = 0
    for ping_ms in (14_930, 14_980, 15_000, 15_000):
        assert client.due_ms == now_ms + ping_ms
        now_ms += ping_ms
        client.tick(now_ms)
        written(client)
        client.feed(b"\xd0\x00")


def test_what_was_not_idle_is_waited_for():
    client = online(keep_alive_s=100)
    client.tick(19_999)
    client.publish("u", b"")
    written(client)
    assert silent(client, 19_999, "PUBACK")


def test_each_confirmation_gives_the_next_one_time():
    client = online(keep_alive_s=100)
    for _ in range(2):
        client.publish("u", b"")
    client.tick(15_000)
    client.feed(b"\x40\x02\x00\x01")
    assert silent(client, 15_000, "PUBACK")
