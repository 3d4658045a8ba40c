"""The example of a third party's link format: its own tests pass, and a processor of JSON-LD reads the blog."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyld import jsonld

from blog.models import Post
from piston_core.testing import serving
from piston_hydra import HydraEmitter, HydraLinkBuilder
from tests.piston_csv.installing import install
from tests.piston_hateoas.linked_blog import api

PACKAGE = Path(__file__).resolve().parents[2] / "examples" / "piston_hydra"
HYDRA = "http://www.w3.org/ns/hydra/core#"


def test_the_tests_of_the_package_pass(tmp_path):
    """Beside the installed distribution, whose entry point is a real one, and without anything of this suite."""
    install(PACKAGE, tmp_path)
    ours = ("DJANGO_SETTINGS_MODULE", "PYTEST")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment |= {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]

    run = subprocess.run(command, cwd=PACKAGE, env=environment, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
    assert " passed" in run.stdout


@pytest.fixture
def expanded(blog):
    """Return a function that reads an address as a processor of JSON-LD does."""

    def read(place: str) -> dict:
        answer = client.get(place, headers={"Accept": "application/ld+json"})
        [node] = jsonld.expand(answer.json(), {"base": f"http://testserver{place}"})
        return node

    parts = {"emitters": [HydraEmitter()], "link_builders": [HydraLinkBuilder()]}
    with serving(api, plugins=["auth"], PISTON={"AUTHENTICATORS": ["basic"]}, **parts) as client:
        yield read


def test_a_list_is_a_collection_of_nodes_that_lead_on(expanded):
    posts = expanded("/posts/?limit=2")
    [page] = posts[f"{HYDRA}view"]
    [after] = page[f"{HYDRA}next"]

    assert posts["@type"] == [f"{HYDRA}Collection"]
    assert [node["@id"] for node in posts[f"{HYDRA}member"]] == [
        f"http://testserver/posts/{post.slug}/" for post in Post.objects.filter(is_published=True)[:2]
    ]
    assert expanded(after["@id"].removeprefix("http://testserver"))[f"{HYDRA}member"]


def test_an_object_is_a_node_with_its_relations(expanded):
    slug = Post.objects.filter(is_published=True)[0].slug
    post = expanded(f"/posts/{slug}/")
    vocabulary = "https://example.org/vocabulary#"

    assert post["@type"] == [f"{vocabulary}posts"]
    assert post[f"{vocabulary}comments"]
    assert [each["@id"] for each in post[f"{vocabulary}alternate"]] == [
        f"http://testserver/{slug}.html",
        f"http://testserver/{slug}.txt",
    ]
