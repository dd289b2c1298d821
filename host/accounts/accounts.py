"""All that accounts can do, in one place: what the console is given."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from host.accounts.book import Books
from host.accounts.desk import Desk
from host.accounts.own import Own
from host.accounts.sessions import Sessions
from host.accounts.staff import Staff
from host.accounts.witness import Witness


@dataclass(frozen=True, slots=True)
class Accounts:
    """For any thread."""

    sessions: Sessions
    desk: Desk
    own: Own
    staff: Staff
    witness: Witness

    @classmethod
    def over(cls, books: Books, now_ms: Callable[[], int]) -> Self:
        """Over a store's accounts, at the host's time."""
        sessions = Sessions(books, now_ms)
        return cls(
            sessions,
            Desk(sessions),
            Own(sessions),
            Staff(books, now_ms),
            Witness(books, now_ms),
        )
