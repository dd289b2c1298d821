"""Passwords and codes that are tried: one at a time, and ever slower after mistakes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import Any

from host.accounts import lock_out
from host.accounts.book import Books
from host.accounts.denied import Wrong
from host.accounts.lock_out import Attempts
from host.accounts.sessions import Caller, mark_of

STRANGERS_MAX = 8  # who wait at once
BUSY_MS = 2_000
SAME_MS = 60_000
_MANY = 1024  # names of no account, whose mistakes are remembered


class Guesses:
    """For any thread. Strangers' browsers wait for each other, and nobody else for them."""

    def __init__(self, books: Books, now_ms: Callable[[], int]) -> None:
        self._books = books
        self._now_ms = now_ms
        # At once, many would all be looked at before the first of them is counted.
        self._turns = {True: Lock(), False: Lock()}
        self._waiting = BoundedSemaphore(STRANGERS_MAX)
        self._nobodys: dict[str, Attempts] = {}
        self._untold, self._told_ms = 0, 0

    @contextmanager
    def turn(self, account: str, caller: Caller) -> Iterator[str]:
        """The time in which one attempt is looked at; yields the key that it counts under. Raises
        Wrong while no attempt is looked at."""
        with self._books.reading() as book:
            mark = mark_of(account, caller)
            known = any(one.id == mark for one in book.credentials(account))
        key = f"{account} {mark}" if known else account
        # Each holds one of the web server's threads, which others need.
        if not known and not self._waiting.acquire(blocking=False):
            raise Wrong("wait", "many are logging in just now: try again", wait_ms=BUSY_MS)
        try:
            with self._turns[known]:
                self._require_no_wait(key)
                yield key
        finally:
            if not known:
                self._waiting.release()

    @contextmanager
    def own_turn(self, key: str) -> Iterator[str]:
        """The same for what only an open session can try: whoever is wrong shuts out nobody."""
        with self._turns[True]:
            self._require_no_wait(key)
            yield key

    def wrong(self, key: str, kind: str, told: dict[str, Any], *, kept: bool = True) -> None:
        """One more mistake. `kept` False: under a name that is no account's. It is not told (a
        password may have been typed there), and of all such there is one entry a minute."""
        now_ms = self._now_ms()
        if kept:
            with self._books.writing(now_ms) as book:
                book.put_attempts(key, lock_out.failed(book.attempts(key), now_ms))
                book.tell(kind, told)
            return
        before = self._nobodys.pop(key, Attempts())
        self._nobodys[key] = lock_out.failed(before, now_ms)
        while len(self._nobodys) > _MANY:
            del self._nobodys[next(iter(self._nobodys))]
        self._untold += 1
        if now_ms - self._told_ms >= SAME_MS:
            said = {**told, "account": "", "times": self._untold}
            self._untold, self._told_ms = 0, now_ms
            with self._books.writing(now_ms) as book:
                book.tell(kind, said)

    def _require_no_wait(self, key: str) -> None:
        with self._books.reading() as book:
            attempts = book.attempts(key)
        attempts = self._nobodys.get(key, attempts)
        wait_ms = lock_out.wait_ms(attempts, self._now_ms())
        if wait_ms:
            wait_s = -(-wait_ms // 1000)
            raise Wrong("wait", f"after so many mistakes, wait {wait_s} s", wait_ms=wait_ms)
