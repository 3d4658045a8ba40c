"""The running blog answers whatever schemathesis makes of its document as the document says."""

from __future__ import annotations

import json

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from piston_core import describe
from piston_openapi import document
from piston_openapi.views import written

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 8
ALICE = {"Authorization": "Basic YWxpY2U6YWxpY2U="}


@pytest.mark.parametrize("headers", [{}, ALICE], ids=["without credentials", "with credentials"])
def test_schemathesis_finds_no_disagreement_with_the_running_blog(blog, headers):
    schema = schemathesis.openapi.from_dict(json.loads(written(document(describe()))))
    schema.app = get_wsgi_application()
    operations = [each.ok() for each in schema.get_all_operations()]

    for operation in operations:
        _run(operation, headers)

    assert len(operations) > 10


def _run(operation, headers):
    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def agrees(case):
        case.call_and_validate(checks=CHECKS, headers=headers)

    agrees()
