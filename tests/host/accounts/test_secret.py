"""What people and machines show of themselves, and how it is kept."""

import argon2
import pytest

from host.accounts import secret
from host.base.errors import UsageError


def test_passwords_are_hashed_as_the_standard_recommends() -> None:
    used = secret.PARAMETERS
    assert used.type is argon2.Type.ID
    assert (used.memory_cost, used.time_cost, used.parallelism) == (64 * 1024, 3, 4)
    assert (used.salt_len, used.hash_len) == (16, 32)


def test_no_account_has_any_password() -> None:
    assert not secret.is_password(None, "x")
    assert not secret.is_password("", "x")
    assert not secret.is_password("no hash", "x")
    assert secret.is_password(secret.hash_password("x"), "x")


def test_codes_are_read_however_they_are_typed() -> None:
    code = secret.new_code()
    assert len(code.replace("-", "")) == 12
    for typed in (code, code.upper(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        assert secret.code_digest(typed) == secret.code_digest(code)
    assert secret.code_digest(secret.new_code()) != secret.code_digest(code)


@pytest.mark.parametrize("good", ["cuatro palabras bien largas", "x7-Qp!mm2 vr", "ñandú ñandú ñ"])
def test_its_length_counts_and_not_its_signs(good: str) -> None:
    assert secret.require_password(good, "ana") == good


def test_what_is_refused_is_not_repeated() -> None:
    with pytest.raises(UsageError) as refused:
        secret.require_password("corta")
    assert "corta" not in str(refused.value)


def test_every_key_is_another_one() -> None:
    assert len({secret.new_key() for _ in range(100)}) == 100
    assert len(secret.new_key()) >= 43
    assert secret.proof_against_forgery("a") != secret.proof_against_forgery("b")
