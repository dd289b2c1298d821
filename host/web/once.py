"""What must not happen twice though it is asked for twice: by the key that the asker gives it.

A key is good for a day, and is forgotten when the host ends. What it then guards no longer, the
things themselves do: an alarm that is acknowledged is not acknowledged again, and a name is given
once.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from threading import Lock
from typing import Any, NamedTuple

from host.base.errors import ResguardoError

KEPT_S = 86_400.0
_MANY = 4096
Asked = tuple[str, str, str]  # account, path, key


class KeyTaken(ResguardoError):
    """The key was used for another request, or for one that is still being answered."""

    reason = "key_taken"


class _Kept(NamedTuple):
    body: bytes  # its digest
    until: float
    answer: Any  # None while it is made


class Once:
    """For any thread."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        self._kept: OrderedDict[Asked, _Kept] = OrderedDict()

    def answer(self, asked: Asked, body: bytes, do: Callable[[], Any]) -> Any:
        """What `do` returned the first time that this was asked; without a key, what it returns.

        What `do` raises is not kept. Raises KeyTaken.
        """
        if not asked[2]:
            return do()
        digest, now = sha256(body).digest(), self._monotonic()
        with self._lock:
            self._forget(now)
            known = self._kept.get(asked)
            if known is not None:
                if known.body != digest:
                    raise KeyTaken("this Idempotency-Key was used for something else")
                if known.answer is None:
                    raise KeyTaken("the same is being done just now")
                return known.answer
            self._kept[asked] = _Kept(digest, now + KEPT_S, None)
        try:
            answer = do()
        except BaseException:
            with self._lock:
                self._kept.pop(asked, None)
            raise
        with self._lock:
            self._kept[asked] = _Kept(digest, now + KEPT_S, answer)
        return answer

    def _forget(self, now: float) -> None:
        while self._kept:
            oldest = next(iter(self._kept))
            if self._kept[oldest].until > now and len(self._kept) < _MANY:
                return
            del self._kept[oldest]
