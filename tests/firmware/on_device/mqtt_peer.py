"""A unit that does nothing but MQTT, for the tests with real brokers: `... PORT UNIT`.

It does what comes on down/UNIT: "say N" publishes N numbered messages on up/UNIT, one after the
other, "stop" ends it.
Every event is a line on stdout.
"""

import random
import select
import sys
import time

from firmware.backoff import Backoff
from firmware.link import Link
from firmware.mqtt import CONNECTED, MESSAGE, Client

PACE_MS = 30


def now_ms():
    return time.time_ns() // 1_000_000


def main(port, unit):
    """Serve until told to stop."""
    client = Client(
        unit, ("down/" + unit,), ("status/" + unit, b"0"), keep_alive_s=8, reply_ms=4_000
    )
    poller = select.poll()
    link = Link(client, "127.0.0.1", port, Backoff(random.randrange, 100, 1_000), poller)
    said = wanted = said_ms = 0
    online = stopping = False
    while not stopping:
        poller.poll(max(0, min(link.due_ms - now_ms(), PACE_MS)))
        for event in link.step(now_ms()):
            print(*event)
            if event[0] == CONNECTED:
                online = True
            elif event[0] == MESSAGE:
                word, _, count = event[2].decode().partition(" ")
                wanted += int(count or 0)
                stopping = word == "stop"
        if online and client.room:
            client.publish("status/" + unit, b"1", True)
            online = False
        if client.room and said < wanted and now_ms() - said_ms >= PACE_MS:
            client.publish("up/" + unit, b"%d" % said)
            said += 1
            said_ms = now_ms()
    link.stop(now_ms())


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
