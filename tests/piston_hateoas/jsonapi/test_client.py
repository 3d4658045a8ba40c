"""A client of JSON:API that somebody else has written reads a list to its end, and what its objects are related to."""

from __future__ import annotations

import jsonapi_client
import pytest
import requests

from blog.models import Post
from tests.piston_hateoas.jsonapi.judges import MEDIA_TYPE
from tests.piston_hateoas.linked_blog import ROOT, served

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(blog, monkeypatch):
    with served(MEDIA_TYPE) as http:
        monkeypatch.setattr(requests, "get", lambda url, **options: http.get(url))
        yield jsonapi_client.Session(ROOT.rstrip("/"))


def test_it_pages_through_a_list_and_follows_what_is_included(client):
    first = client.fetch_document_by_url(f"{ROOT}posts/?page%5Blimit%5D=10")
    read = [(post.title, post.author.username, [tag.name for tag in post.tags]) for post in first.iterator()]

    posts = Post.objects.filter(is_published=True)
    assert read == [(post.title, post.author.username, [tag.name for tag in post.tags.all()]) for post in posts]


def test_it_is_told_what_is_wrong(client):
    with pytest.raises(jsonapi_client.exceptions.DocumentError) as refused:
        client.fetch_document_by_url(f"{ROOT}posts/?include=nobody")
    assert refused.value.errors["status_code"] == 400
