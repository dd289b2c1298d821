"""What must survive a restart, as bytes: the form in which states go into the store."""

from typing import Any

import orjson


def pack(state: Any) -> bytes:
    """As JSON. Copied, because orjson's own result holds 4 kB until it is freed, however short it
    is, and states wait for their commit by the ten thousand."""
    return bytes(memoryview(orjson.dumps(state)))


def unpack(blob: bytes) -> Any:
    """The inverse of `pack`; tuples come back as lists."""
    return orjson.loads(blob)
