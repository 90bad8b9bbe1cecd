"""What the OpenAPI document allows, and what it forbids, drawn by Schemathesis for each operation."""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hostile.fuzzing import Response, Shot, fault
from hostile.server_watch import Target
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from timeline.api.description.openapi import openapi_document
from timeline.app import create_app
from timeline.settings import Settings

pytestmark = pytest.mark.slow
EXAMPLES = 20


def _operations() -> dict[str, Any]:
    app = create_app(Settings(database_url="sqlite:///none.db", _env_file=None))
    schema = schemathesis.openapi.from_dict(openapi_document(app, "", "", "/"))
    described = [result.ok() for result in schema.get_all_operations()]
    return {operation.label: operation for operation in described}


OPERATIONS = _operations()


@pytest.fixture(scope="module")
def described(attack: Callable[..., Target]) -> Target:
    """Return a server whose events these tests change."""
    return attack()


@pytest.mark.filterwarnings("ignore")  # Schemathesis reports values that it cannot draw
@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value
)
@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_of_the_document_fails_on_the_server(
    described: Target, label: str, mode: GenerationMode
) -> None:
    roles = ("reviewer", None) if label.partition(" ")[0] in ("POST", "PUT", "PATCH", "DELETE") else (None,)

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        # Wrong keys that it draws would be delayed by up to 16 seconds each.
        if case.headers:
            case.headers.pop("Authorization", None)
        for role in roles:
            response = case.call(base_url=described.url, headers=described.headers(role), timeout=30)
            headers = {name.lower(): values[0] for name, values in response.headers.items()}
            shot = Shot(case.method, case.formatted_path)
            reason = fault(shot, Response(response.status_code, headers))
            assert not reason, f"{reason}: {case.as_curl_command()}"

    try:
        send()
    except schemathesis.errors.InvalidSchema as error:  # nothing is forbidden, so there is nothing to draw
        pytest.skip(str(error))
