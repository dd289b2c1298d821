"""A house with accounts, its clock in the test's hand, and somebody who logs in."""

from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher

from host.accounts.account import Account
from host.accounts.accounts import Accounts
from host.accounts.desk import Begun
from host.accounts.right import StaffRole
from host.accounts.session import Lacks
from host.accounts.sessions import Caller, Seen
from host.store.accounts import DROPPED, KEPT
from host.store.store import Store

PASSWORD = "cuatro palabras bien largas"
START_MS = 1_772_344_800_000
HERE, ELSEWHERE = Caller("192.0.2.1"), Caller("198.51.100.7")


def hash_quickly(patch: pytest.MonkeyPatch) -> None:
    """A password's hash costs a tenth of a second and 64 MiB, which is the point of it; tests that
    are not about that need not wait."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patch.setattr("host.accounts.secret._HASHER", quick)
    patch.setattr("host.accounts.secret._NOBODYS", quick.hash("nobody's"))


class House:
    """`now_ms` goes on when a test says so."""

    def __init__(self, folder: Path) -> None:
        self.now_ms = START_MS
        self.path = folder / "a.db"
        self.store = Store.open(self.path)
        self.accounts = Accounts.over(self.store.accounts, lambda: self.now_ms)
        self.totp: dict[str, str] = {}

    def add(self, account: str = "ana", *roles: StaffRole) -> str:
        """Returns the invitation."""
        wanted = roles or (StaffRole.OPERATOR,)
        return self.accounts.staff.add(Account(account, account.title(), wanted), "", HERE)

    def log_in(
        self, account: str = "ana", password: str = PASSWORD, caller: Caller = HERE
    ) -> Begun:
        return self.accounts.desk.log_in(account, password, caller)

    def code(self, account: str = "ana") -> str:
        """A telephone's, of now."""
        return pyotp.TOTP(self.totp[account]).at(self.now_ms // 1000)

    def enrol(self, account: str = "ana", *roles: StaffRole) -> Begun:
        """Add somebody who sets a password and enrols a telephone; in an open session."""
        begun = self.log_in(account, self.add(account, *roles))
        caller = HERE._replace(browser=begun.browser)
        own = self.accounts.own
        seen = own.set_password(begun.key, PASSWORD, caller)
        if seen.lacks is Lacks.ENROLMENT:
            self.totp[account] = own.begin_totp(begun.key)[0]
            seen = own.confirm_totp(begun.key, self.code(account), caller)
            self.now_ms += 60_000  # the next code is another one
        return begun._replace(seen=seen)

    def come_in(self, account: str = "ana", caller: Caller = HERE) -> tuple[Begun, Seen]:
        """Log in with password and telephone."""
        begun = self.log_in(account, caller=caller)
        here = caller._replace(browser=begun.browser)
        seen = self.accounts.desk.show_totp(begun.key, self.code(account), here)
        self.now_ms += 60_000
        return begun, seen

    def told(self) -> list[str]:
        """Kinds of the access chain's entries, but for those of what is kept."""
        kinds = [one.kind for one in self.accounts.witness.told(0, 1000)]
        return [kind for kind in kinds if kind not in (KEPT, DROPPED)]
