"""Why somebody is not let in, or may not do something: told, counted, and entered in the chain."""

from host.base.errors import ResguardoError, UsageError


class Denied(ResguardoError):
    """`reason` names it. `wait_ms`: after how long another attempt is looked at."""

    def __init__(self, reason: str, message: str, *, wait_ms: int = 0) -> None:
        super().__init__(message)
        self.reason = reason
        self.wait_ms = wait_ms


class NotLoggedIn(Denied):
    """There is no session, it is over, or the token opens nothing."""


class Wrong(Denied):
    """A password, a code or a key is not the one."""


class Forbidden(Denied):
    """Somebody is known, and may not. `told`: whether that has been entered."""

    told = False


class Unknown(UsageError):
    """There is no such account, token, factor or session."""

    reason = "unknown"


class Taken(UsageError):
    """The name is somebody else's already."""

    reason = "taken"
