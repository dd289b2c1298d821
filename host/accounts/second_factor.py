"""Second factors: passkeys and security keys (WebAuthn), and codes by time (TOTP).

Everything here follows from its arguments, but for the challenges and keys that are drawn.
"""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyotp
import segno
import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

ISSUER = "Resguardo"
_STEP_S = 30
_STEPS_OFF = 1  # a telephone's clock may be off by one step (RFC 6238, 5.2)
_CODE = re.compile(r"\d{6}")


class Kind(StrEnum):
    """What an account keeps."""

    PASSWORD = "password"  # noqa: S105
    INVITATION = "invitation"
    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY = "recovery"
    BROWSER = "browser"  # that an account has been opened in


FACTORS = frozenset({Kind.TOTP, Kind.PASSKEY})


class WrongFactor(Exception):
    """It is not the one. The message says why, for the chain; its owner is told less."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the console is reached: `id` the name that passkeys are bound to (never a number)."""

    id: str
    origin: str


def new_totp() -> str:
    """A key: 160 bits, in base 32."""
    return pyotp.random_base32(32)


def totp_picture(key: str, account: str) -> tuple[str, str]:
    """(URI, its QR code as a data: URI of SVG) by which a telephone takes the key over."""
    uri = pyotp.TOTP(key).provisioning_uri(name=account, issuer_name=ISSUER)
    picture = segno.make(uri, error="m")
    return uri, picture.svg_data_uri(scale=4, border=4, dark="#000", light="#fff")


def totp_step(key: str, code: str, now_ms: int, last_step: int) -> int:
    """The step that a code is of. Raises WrongFactor for a wrong one, and for one that has been
    shown before, or an older (RFC 6238, 5.2): `last_step`."""
    code = re.sub(r"\s", "", code)
    if not _CODE.fullmatch(code):
        raise WrongFactor("six digits are wanted")
    now = now_ms // 1000 // _STEP_S
    totp = pyotp.TOTP(key)
    for step in range(now - _STEPS_OFF, now + _STEPS_OFF + 1):
        if pyotp.utils.strings_equal(totp.generate_otp(step), code):
            if step <= last_step:
                raise WrongFactor("the code was shown before")
            return step
    raise WrongFactor("the code is wrong")


def passkey_to_make(site: Site, account: str, name: str, known: list[str]) -> tuple[str, str]:
    """(challenge, options for the browser as JSON). `known`: identifiers it must not make again."""
    options = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name=ISSUER,
        user_id=account.encode(),
        user_name=account,
        user_display_name=name,
        exclude_credentials=_descriptors(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return bytes_to_base64url(options.challenge), options_to_json(options)


def passkey_made(site: Site, challenge: str, credential: Any) -> dict[str, Any]:
    """What is kept of a new one: {"id", "key", "count"}. Raises WrongFactor."""
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.id,
            expected_origin=site.origin,
        )
    except Exception as error:  # whatever the library trips over is wrong with what was sent
        raise WrongFactor(str(error)) from error
    return {
        "id": bytes_to_base64url(made.credential_id),
        "key": bytes_to_base64url(made.credential_public_key),
        "count": made.sign_count,
    }


def passkey_to_show(site: Site, known: list[str]) -> tuple[str, str]:
    """(challenge, options for the browser as JSON), of one of the `known` identifiers."""
    options = webauthn.generate_authentication_options(
        rp_id=site.id, allow_credentials=_descriptors(known)
    )
    return bytes_to_base64url(options.challenge), options_to_json(options)


def passkey_shown(site: Site, challenge: str, kept: dict[str, Any], credential: Any) -> int:
    """How often it has signed. Raises WrongFactor, also for one that was copied: its count goes
    back (Web Authentication Level 2, 6.1.1)."""
    try:
        shown = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(kept["key"]),
            credential_current_sign_count=kept["count"],
        )
    except Exception as error:  # whatever the library trips over is wrong with what was sent
        raise WrongFactor(str(error)) from error
    return shown.new_sign_count


def passkey_id(credential: Any) -> str:
    """Which one a browser says that it shows; "" where it says nothing."""
    said = credential.get("id") if isinstance(credential, dict) else None
    return said if isinstance(said, str) else ""


def options(text: str) -> dict[str, Any]:
    """Options as they go to the browser."""
    said: dict[str, Any] = json.loads(text)
    return said


def _descriptors(ids: list[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in ids]
