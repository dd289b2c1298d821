"""Enters what people looked at, did and were refused: the same within a minute is one entry."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

from host.accounts.book import AccessEntry, Books
from host.accounts.may import Who
from host.accounts.sessions import Caller

SAME_MS = 60_000
_MANY = 4096  # entries of the last minute that are remembered


class Witness:
    """For any thread."""

    def __init__(self, books: Books, now_ms: Callable[[], int]) -> None:
        self._books = books
        self._now_ms = now_ms
        self._lock = Lock()
        self._entered: OrderedDict[tuple[str, ...], int] = OrderedDict()

    def viewed(
        self, who: Who, what: str, caller: Caller, *, order: str = "", purpose: str = ""
    ) -> None:
        """Somebody looks at something."""
        data = {"what": what, "purpose": purpose} if purpose else {"what": what}
        self._once("viewed", who, caller, order, data)

    def refused(self, who: Who, what: str, order: str, why: str, caller: Caller) -> None:
        """Somebody was not allowed to. `what`: the right, or the request."""
        self._once("refused", who, caller, order, {"right": what, "why": why})

    def acted(self, who: Who, what: str, caller: Caller, *, order: str = "") -> None:
        """Somebody does something; each time is an entry."""
        self._enter("acted", who, caller, order, {"what": what})

    def told(self, after: int, limit: int) -> list[AccessEntry]:
        """What has been entered after entry `after`, in order."""
        with self._books.reading() as book:
            return book.told(after, limit)

    def _once(self, kind: str, who: Who, caller: Caller, order: str, data: dict[str, Any]) -> None:
        now_ms = self._now_ms()
        same = (kind, who.account, str(who.role), caller.address, order, *map(str, data.values()))
        with self._lock:
            if now_ms - self._entered.get(same, -SAME_MS) < SAME_MS:
                return
            self._entered[same] = now_ms
            self._entered.move_to_end(same)
            while len(self._entered) > _MANY:
                self._entered.popitem(last=False)
        try:
            self._enter(kind, who, caller, order, data)
        except BaseException:
            with self._lock:
                self._entered.pop(same, None)
            raise

    def _enter(self, kind: str, who: Who, caller: Caller, order: str, data: dict[str, Any]) -> None:
        told = {"account": who.account, "role": str(who.role), "from": caller.address, **data}
        with self._books.writing(self._now_ms()) as book:
            book.tell(kind, told, order)
