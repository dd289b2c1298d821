"""A session: what somebody has shown of themselves, and until when that holds. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from host.accounts.account import Account
from host.accounts.may import Who
from host.accounts.right import RIGHTS, Right, StaffRole, needs_second_factor

LONGEST_MS = 12 * 3_600_000
IDLE_MS = 15 * 60_000  # of whoever may export
UNFINISHED_MS = 10 * 60_000  # from the password to the last factor


SHOW, MAKE, TOTP = "show:", "make:", "totp:"  # what a challenge is for


class Proof(StrEnum):
    """What a session's owner has shown so far."""

    INVITATION = "invitation"  # a code that an administrator gave out
    PASSWORD = "password"  # noqa: S105
    SECOND_FACTOR = "second_factor"


class Lacks(StrEnum):
    """What has to be done next before a session is open."""

    NEW_PASSWORD = "new_password"  # noqa: S105
    SECOND_FACTOR = "second_factor"
    ENROLMENT = "enrolment"  # of a second factor: the account has none
    ROLE = "role"  # of this shift


@dataclass(frozen=True, slots=True)
class Session:
    """`digest` names it: the SHA-256 of what the browser holds. `role` None until it is chosen.

    used_ms: when its owner last did something; a page that watches does nothing by itself.
    """

    digest: str
    account: str
    proof: Proof
    began_ms: int
    used_ms: int
    role: StaffRole | None = None
    locked: bool = False
    ended_ms: int | None = None
    address: str = ""
    challenge: str = ""  # of a second factor that is being shown or enrolled: what for, and what

    def begun(self, what: str) -> str:
        """What was begun of that kind; "" where nothing was, or something else."""
        return self.challenge.removeprefix(what) if self.challenge.startswith(what) else ""


def lacks(session: Session, account: Account, *, enrolled: bool) -> Lacks | None:
    """What a session is not open for want of. enrolled: whether the account has a second factor.

    Whoever has one must show it, needed or not.
    """
    if session.proof is Proof.INVITATION:
        return Lacks.NEW_PASSWORD
    needed = any(needs_second_factor(role) for role in account.roles)
    if session.proof is Proof.PASSWORD and enrolled:
        return Lacks.SECOND_FACTOR
    if needed and not enrolled:
        return Lacks.ENROLMENT
    return Lacks.ROLE if session.role is None else None


def ends_ms(session: Session, account: Account, lacking: Lacks | None) -> int:
    """When it ends by itself."""
    if session.ended_ms is not None:
        return session.ended_ms
    if lacking not in (None, Lacks.ROLE):
        return session.began_ms + UNFINISHED_MS
    longest = session.began_ms + LONGEST_MS
    role = session.role
    exports = any(one in RIGHTS[Right.EXPORT] for one in ([role] if role else account.roles))
    return min(longest, session.used_ms + IDLE_MS) if exports else longest


def who(session: Session, account: Account, lacking: Lacks | None) -> Who:
    """Whom its owner is taken for."""
    return Who(
        account.id,
        session.role or account.roles[0],
        frozenset(account.persons),
        account.court,
        account.station,
        locked=session.locked,
        open=lacking is None,
    )
