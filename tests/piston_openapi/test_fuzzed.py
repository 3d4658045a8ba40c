"""The running blog answers whatever schemathesis makes of its document as the document says."""

from __future__ import annotations

import json
from collections import Counter

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

from blog.models import Post
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
EXAMPLES = 6  # for each operation, each time others
ROUNDS = 4
ALICE = {"Authorization": "Basic YWxpY2U6YWxpY2U="}


def pointed(found):
    """Return a document whose arguments are of things that are there, and whose parameters can mostly be meant.

    Random text names nothing and is no cursor, and so nothing but refusals would be looked at.
    """
    slugs = [*Post.objects.filter(author__username="alice", is_published=True).values_list("slug", flat=True)[:3]]
    known = {"slug": [*slugs, "nothing"], "username": ["alice", "nobody"]}
    for item in found["paths"].values():
        for each in item.get("parameters", ()):
            each["schema"] = {"enum": known.get(each["name"], ["text"])}
    parameters = found["components"]["parameters"]
    parameters["Fields"]["schema"] = {"enum": ["title", "slug,author(username)", "nothing("]}
    parameters["Cursor"]["schema"] = {"enum": [""]}
    for name in ("IfMatch", "IfMatch2", "IfNoneMatch", "IfNoneMatch2"):
        parameters[name]["schema"] = {"enum": ["*", '"unknown"']}
    return found


@pytest.mark.parametrize("headers", [{}, ALICE], ids=["without credentials", "with credentials"])
def test_schemathesis_finds_no_disagreement_with_the_running_blog(blog, headers):
    schema = schemathesis.openapi.from_dict(pointed(json.loads(written(document(describe())))))
    schema.app = get_wsgi_application()
    operations = [each.ok() for each in schema.get_all_operations()]
    seen = Counter()

    for _ in range(ROUNDS):  # once, unless too much of what was drawn is refused to tell anything
        for operation in operations:
            _run(operation, headers, seen)
        good = sum(number for status, number in seen.items() if status < 400)
        if good > len(operations):
            break

    assert len(operations) > 10
    assert good > len(operations)


def _run(operation, headers, seen):
    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def agrees(case):
        seen[case.call_and_validate(checks=CHECKS, headers=headers).status_code] += 1

    agrees()
