"""The feed: numbers, resuming, the slow page that is cut off, the publisher's other thread."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from host.web.feed import HEARTBEAT_S, Event, Feed, frame


def position(n: int) -> dict[str, Any]:
    return {"type": "position", "order": "O-1", "at": "2026-03-01T06:00:00.000+00:00", "n": n}


async def take(events: AsyncIterator[list[Event]], count: int) -> list[int]:
    """Numbers of the next `count` events, in the order of their coming."""
    seen: list[int] = []
    while len(seen) < count:
        seen += [event.id for event in await asyncio.wait_for(anext(events), 5)]
    return seen


def test_a_frame_is_one_server_sent_event() -> None:
    sent = frame(7, "order", {"type": "order", "name": "Peñalba\nx"}).decode()
    head, event, data, *rest = sent.split("\n")
    assert (head, event, rest) == ("id: 7", "event: order", ["", ""])
    assert json.loads(data.removeprefix("data: ")) == {
        "type": "order",
        "name": "Peñalba\nx",
        "id": 7,
    }


def test_numbers_rise_by_one_and_a_later_host_starts_above_an_earlier_one() -> None:
    assert [Feed(first_id=5).publish(position(0)), Feed(first_id=5).last_id] == [5, 4]
    earlier = Feed()
    numbers = [earlier.publish(position(n)) for n in range(3)]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    time.sleep(0.001)
    assert Feed().last_id > numbers[-1]


def test_not_a_number_is_refused_where_it_is_published() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        Feed().publish({**position(0), "distance_m": float("nan")})


def test_what_is_published_from_another_thread_arrives_in_order() -> None:
    async def played() -> list[int]:
        feed = Feed(first_id=1)
        events = feed.follow(0)
        threads = [
            threading.Thread(target=lambda: [feed.publish(position(n)) for n in range(500)])
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        seen = await take(events, 1000)
        for thread in threads:
            thread.join()
        return seen

    assert asyncio.run(played()) == list(range(1, 1001))


def test_a_page_resumes_after_the_number_that_it_saw_last() -> None:
    async def played() -> list[int]:
        feed = Feed(first_id=1)
        for n in range(10):
            feed.publish(position(n))
        assert feed.holds(7)
        return await take(feed.follow(7), 3)

    assert asyncio.run(played()) == [8, 9, 10]


@pytest.mark.parametrize(
    ("after", "held"), [(5, False), (6, True), (10, True), (11, False), (0, False)]
)
def test_only_what_the_ring_holds_can_be_resumed(after: int, held: bool) -> None:
    feed = Feed(first_id=1, capacity=4)
    for n in range(10):
        feed.publish(position(n))
    assert feed.holds(after) is held
    assert feed.counters()["gaps"] == (not held)


def test_a_slow_page_is_cut_off_and_counted_and_delays_nobody() -> None:
    async def played() -> tuple[list[int], dict[str, int]]:
        feed = Feed(first_id=1, capacity=8)
        slow, quick = feed.follow(0), feed.follow(0)
        feed.publish(position(0))
        assert await take(slow, 1) == [1]
        seen: list[int] = await take(quick, 1)
        for n in range(20):
            feed.publish(position(n))
            seen += await take(quick, 1)
        with pytest.raises(StopAsyncIteration):
            await anext(slow)
        return seen, feed.counters()

    seen, counters = asyncio.run(played())
    assert seen == list(range(1, 22))
    assert counters == {"published": 21, "followed": 2, "cut_off": 1, "gaps": 0}


def test_a_loop_that_has_gone_does_not_stop_the_publisher() -> None:
    feed = Feed(first_id=1)
    loop = asyncio.new_event_loop()
    events = feed.follow(0)
    feed.publish(position(0))
    loop.run_until_complete(anext(events))
    loop.close()
    assert feed.publish(position(1)) == 2


def test_closing_sends_what_there_is_and_ends_every_stream() -> None:
    async def played() -> list[list[int]]:
        feed = Feed(first_id=1)
        events = feed.follow(0)
        feed.publish(position(0))
        feed.close()
        return [[event.id for event in batch] async for batch in events]

    assert asyncio.run(played()) == [[1]]


def test_heartbeats_come_from_the_loop_at_their_own_pace() -> None:
    at = [0.0]
    feed = Feed(first_id=1, monotonic=lambda: at[0])
    beats = []
    for turn in range(12):
        at[0] = turn * HEARTBEAT_S / 4
        before = feed.last_id
        feed.beat(1_772_344_800_000 + turn, speed=60)
        beats.append(feed.last_id - before)
    assert beats == [1, 0, 0, 0] * 3
