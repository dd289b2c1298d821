"""The interface asked whatever its own description allows, and a good deal that it does not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import APIOperation, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from host.accounts.right import StaffRole
from tests.host.web.client import SAME
from tests.host.web.staffed import Staffed

HOST = {"Host": "127.0.0.1:8000"}
LOOKED_INTO = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))

# Who is answered is test_access.py's matter: this check takes a cookie that it makes up beside a
# token that is right for a token that is wrong.
NOT_ASKED = [ignored_auth]
# A name is refused for signs that look like others (host/base/name.py): no schema can say that.
NAMED = {"/api/v1/accounts", "/api/v1/accounts/{account}"}


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    staffed = Staffed(Path(tmp_path_factory.mktemp("fuzz")))
    staffed.feed.close()  # a stream ends once all has been sent
    yield staffed
    staffed.house.store.close()


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(
    "role", [None, StaffRole.ADMINISTRATOR, StaffRole.SUPERVISOR, StaffRole.AUDITOR]
)
def test_nothing_is_found(staffed: Staffed, role: StaffRole | None, mode: GenerationMode) -> None:
    """Each answer is one that is described; what is not as described is refused; no error is the
    host's own."""
    headers = {**HOST, **SAME}
    if role is not None:
        headers = {**HOST, "Authorization": f"Bearer {staffed.token(role)}"}
    interface = schemathesis.openapi.from_asgi("/api/v1/openapi.json", staffed.app, headers=HOST)
    asked = 0
    for found in interface.get_all_operations():
        assert isinstance(found, Ok)
        asked += ask(found.ok(), mode, headers)
    assert asked > 100


def ask(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, headers: Any) -> int:
    """How often it was asked."""
    not_asked = [*NOT_ASKED, *([positive_data_acceptance] if operation.path in NAMED else [])]
    asked = 0

    @LOOKED_INTO
    @given(operation.as_strategy(generation_mode=mode))
    def each(case: schemathesis.Case[Any]) -> None:
        nonlocal asked
        asked += 1
        case.call_and_validate(headers=headers, excluded_checks=not_asked)

    each()
    return asked
