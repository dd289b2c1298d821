"""A state's bytes: they say the same, and hold no more memory than they are long."""

import tracemalloc

from host.base import blob


def test_state_comes_back():
    state = ["assured", 3, None, [["victim:ana", 1.5, []]], {"panic": -7}]
    assert blob.unpack(blob.pack(state)) == state


def test_short_state_holds_little():
    blob.pack([0])
    tracemalloc.start()
    held = [blob.pack([number]) for number in range(1000)]
    bytes_held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(held) == 1000
    assert bytes_held < 100_000
