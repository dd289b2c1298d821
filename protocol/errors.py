"""One rooted tree of what can be wrong with bytes; `reason` is the name that is counted."""


class WireError(Exception):
    """Bytes that are not what they should be. `reason` names the fault, `args[0]` explains it."""

    reason = "malformed"


class Truncated(WireError):
    reason = "truncated"


class Oversized(WireError):
    reason = "oversized"


class WrongLength(WireError):
    reason = "wrong_length"


class UnknownVersion(WireError):
    reason = "unknown_version"


class UnknownKey(WireError):
    """Sealed under another enrolment epoch than the one in force."""

    reason = "unknown_key"


class BadSeal(WireError):
    """Forged, foreign or damaged: the seal does not fit the unit, the purpose and the bytes."""

    reason = "bad_seal"
