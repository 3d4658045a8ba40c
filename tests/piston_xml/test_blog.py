"""XML at the demo blog: the answers that JSON gives, and posts that are created and changed by bodies in XML."""

from __future__ import annotations

import pytest
from django.test import override_settings

from blog.models import Post
from tests.piston_xml import judges
from tests.piston_xml.test_problems import XML

NEW = """<?xml version="1.0" encoding="iso-8859-1"?>
<post>
  <title>Größe &amp; Maß</title>
  <slug>groesse</slug>
  <content><![CDATA[<b>fett</b>]]></content>
  <tags type="array"><tag>django</tag><tag>rest</tag></tags>
  <is_published type="boolean">true</is_published>
  <price>1.50</price>
  <rating type="null"/>
</post>"""


@pytest.fixture(autouse=True)
def xml():
    with override_settings(PISTON=XML):
        yield


@pytest.mark.parametrize("address", ["/api/posts/", "/api/posts/hello-piston/", "/api/tags/", "/api/statistics/"])
def test_an_answer_says_in_xml_what_it_says_in_json(blog, client, address):
    response = client.get(address, headers={"Accept": "application/xml"})

    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert judges.read(response.content) == client.get(address, headers={"Accept": "application/json"}).json()


def test_a_post_is_created_by_a_body_in_its_own_encoding(alice):
    response = alice.generic("POST", "/api/posts/", NEW.encode("latin-1"), "application/xml")
    post = Post.objects.get(slug="groesse")

    assert response.status_code == 201
    assert (post.title, post.content, str(post.price), post.rating) == ("Größe & Maß", "<b>fett</b>", "1.50", None)
    assert {tag.slug for tag in post.tags.all()} == {"django", "rest"}


def test_a_post_is_changed_by_what_its_answer_was(alice):
    alice.generic("POST", "/api/posts/", NEW.encode("latin-1"), "application/xml")
    response = alice.generic("PATCH", "/api/posts/groesse/", b"<p><rating type='number'>4.5</rating></p>", "text/xml")

    assert response.status_code == 200, response.content
    assert Post.objects.get(slug="groesse").rating == 4.5


def test_a_format_is_asked_for_by_its_name_in_the_address(blog, client):
    response = client.get("/api/tags/?format=xml", headers={"Accept": "text/html"})

    assert "Django" in [tag["name"] for tag in judges.read(response.content)]
