"""What people and machines show of themselves: made at random, and kept so that nobody who reads
the database can show it."""

import hmac
import re
import secrets
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from host.base.errors import UsageError

PASSWORD_MIN, PASSWORD_MAX = 12, 256
CODES = 10  # recovery codes of an account
_DISTINCT_MIN = 5
_CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # none is taken for another
_CODE_LENGTH = 12  # 59 bits

# 64 MiB, three passes, four lanes: RFC 9106, section 4, second recommendation.
PARAMETERS = RFC_9106_LOW_MEMORY
_HASHER = PasswordHasher.from_parameters(PARAMETERS)
# What a password is held against where there is no account, so that both take as long.
_NOBODYS = _HASHER.hash(secrets.token_hex())


def require_password(written: str, *names: str) -> str:
    """A password that may be taken (NIST SP 800-63B-4, 3.1.1.2: its length counts, not its signs).

    `names`: what it must not hold. Raises UsageError, which does not repeat it.
    """
    if not PASSWORD_MIN <= len(written) <= PASSWORD_MAX:
        raise UsageError(
            f"a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters: take a few words"
        )
    if len(set(written)) < _DISTINCT_MIN:
        raise UsageError("a password of so few different characters is guessed: take a few words")
    if any(name and name.casefold() in written.casefold() for name in names):
        raise UsageError("a password with the account's own name in it is guessed")
    return written


def hash_password(password: str) -> str:
    """Argon2id, with its parameters and its salt."""
    return _HASHER.hash(password)


def is_password(hashed: str | None, written: str) -> bool:
    """Whether it is the one that was hashed; None takes as long, and is never the one."""
    try:
        return _HASHER.verify(hashed or _NOBODYS, written[:PASSWORD_MAX]) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(hashed: str) -> bool:
    """Whether it was hashed with other parameters than today's."""
    return _HASHER.check_needs_rehash(hashed)


def new_key() -> str:
    """What a session, a browser's mark or a token is known by: 256 bits."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """What a person types once: an invitation, a recovery code."""
    code = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH))
    return "-".join(code[at : at + 4] for at in range(0, _CODE_LENGTH, 4))


def digest(key: str) -> str:
    """How a key is kept. It is random throughout, so a quick hash is as good as a slow one."""
    return sha256(key.encode()).hexdigest()


def code_digest(written: str) -> str:
    """How a code is kept; blanks, hyphens and capitals do not matter."""
    return digest(re.sub(r"[\s-]", "", written).casefold())


def is_same(one: str, other: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def proof_against_forgery(key: str) -> str:
    """What a session's own page sends with whatever changes something: no other page can know it
    (OWASP, "Cross-Site Request Forgery Prevention", HMAC-based token)."""
    return hmac.digest(key.encode(), b"csrf", "sha256").hex()
