"""Refusals as application/problem+xml, negotiated like every answer (RFC 9457, appendix B)."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from piston_core import BaseHandler, Problem
from tests.piston_xml import judges
from tests.piston_xml.asking import DECLARATION, asked

XML = {"PLUGINS": ["json", "xml", "auth", "blog.api_hooks"], "AUTHENTICATORS": ["basic"]}


class Refusing(BaseHandler):
    def read(self, request):
        raise Problem(
            409,
            'a <b> & "c"',
            limits=[1, 2.5],
            at={"row": 1, "why": None},
            none=[],
            sure=True,
            instance="/a/?b&c",
            **{"a b": 1},
        )


def test_a_problem_has_the_form_that_the_standard_gives_it():
    response = asked(Refusing())

    assert response.status_code == 409
    assert response.headers["Content-Type"] == "application/problem+xml"
    assert response.content.decode() == DECLARATION + (
        '<problem xmlns="urn:ietf:rfc:7807"><type>about:blank</type><title>Conflict</title><status>409</status>'
        '<detail>a &lt;b&gt; &amp; "c"</detail><limits><i>1</i><i>2.5</i></limits><at><row>1</row><why/></at>'
        "<none></none><sure>true</sure><instance>/a/?b&amp;c</instance><a_b>1</a_b></problem>"
    )


REFUSED = [
    ("get", "/api/posts/nowhere/", "", 404),
    ("get", "/api/nowhere/", "", 404),
    ("delete", "/api/tags/", "", 405),
    ("post", "/api/posts/", "<post><title>A</title></post>", 401),
    ("post", "/api/tags/", "<a/>", 405),
]


@pytest.mark.parametrize(("method", "address", "body", "status"), REFUSED, ids=str)
def test_a_refusal_is_xml_for_who_asks_for_xml(blog, method, address, body, status):
    with override_settings(PISTON=XML):
        response = Client().generic(method.upper(), address, body, "text/plain", headers={"Accept": "application/xml"})

    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+xml"
    assert judges.problem(response.content)["status"] == status


def test_faults_of_a_form_are_told_with_their_pointers(alice):
    with override_settings(PISTON=XML):
        response = alice.generic(
            "POST", "/api/posts/", "<post><title>A</title></post>", "application/xml", headers={"Accept": "text/xml"}
        )
    problem = judges.problem(response.content)

    assert response.status_code == problem["status"] == 422
    assert {"pointer": "/slug", "detail": "This field is required.", "code": "required"} in problem["errors"]


def test_a_refusal_of_a_body_is_in_the_format_that_is_accepted(alice):
    with override_settings(PISTON=XML):
        for accept, content_type in {
            "application/xml": "application/problem+xml",
            "*/*": "application/problem+json",
        }.items():
            response = alice.generic(
                "POST", "/api/posts/", "a: b", "application/x-unknown", headers={"Accept": accept}
            )

            assert (response.status_code, response.headers["Content-Type"]) == (415, content_type)
            assert "application/xml, text/xml" in response.headers["Accept"]
