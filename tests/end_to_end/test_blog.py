"""The main job: the blog over HTTP, from reading to writing to being refused."""

from __future__ import annotations

from django.test import Client

NEW = {"title": "A new post", "slug": "a-new-post", "content": "Text.", "tags": ["django", "rest"]}


def test_the_list_is_a_bare_array_with_nested_authors(blog):
    posts = Client().get("/api/posts/").json()

    assert len(posts) == 37
    assert posts[0]["author"] == {"username": "alice", "first_name": "Alice"}


def test_the_list_costs_one_query_for_posts_and_one_for_each_to_many_level(blog, django_assert_num_queries):
    with django_assert_num_queries(2):
        Client().get("/api/posts/")


def test_a_post_is_created_changed_and_deleted_by_its_author(alice):
    created = alice.post("/api/posts/", NEW, content_type="application/json")
    assert (created.status_code, created.headers["Location"]) == (201, "/api/posts/a-new-post/")
    assert created.json()["tags"] == [{"name": "Django", "slug": "django"}, {"name": "REST", "slug": "rest"}]

    patched = alice.patch("/api/posts/a-new-post/", {"title": "Changed"}, content_type="application/json")
    assert patched.status_code == 200, patched.content
    assert (patched.json()["title"], patched.json()["content"]) == ("Changed", "Text.")
    assert len(patched.json()["tags"]) == 2

    put = alice.put("/api/posts/a-new-post/", NEW | {"tags": []}, content_type="application/json")
    assert (put.status_code, put.json()["title"], put.json()["tags"]) == (200, "A new post", [])

    assert alice.delete("/api/posts/a-new-post/").status_code == 204
    assert alice.get("/api/posts/a-new-post/").status_code == 404


def test_nobody_changes_what_is_not_theirs(bob):
    for response in (
        bob.patch("/api/posts/hello-piston/", {"title": "Mine"}, content_type="application/json"),
        bob.delete("/api/posts/hello-piston/"),
    ):
        assert response.status_code == 403
        assert response.headers["Content-Type"] == "application/problem+json"
    assert bob.get("/api/posts/hello-piston/").json()["title"].startswith("Hello, Piston")


def test_a_post_leads_to_its_author_to_its_comments_and_to_the_list_that_it_is_in(blog, settings):
    settings.PISTON = {**settings.PISTON, "PLUGINS": [*settings.PISTON["PLUGINS"], "hateoas"]}
    leads = (
        '</api/authors/alice/>; rel="author", '
        '</api/posts/hello-piston/comments/>; rel="comments"; title="What readers say", '
        '</api/posts/>; rel="collection"'
    )

    assert Client().get("/api/posts/hello-piston/").headers["Link"] == leads
    assert Client().get("/api/posts/hello-piston.json").headers["Link"] == leads
    assert "Link" not in Client().get("/api/posts/").headers


def test_a_reader_may_say_so_much_in_a_minute_and_read_without_end(alice, bob, settings):
    settings.PISTON = {**settings.PISTON}  # what has been counted so far is forgotten
    address = "/api/posts/hello-piston/comments/"
    answers = [alice.post(address, {"body": f"Number {n}"}, "application/json") for n in range(31)]

    assert [each.status_code for each in answers] == [201] * 30 + [429]
    assert answers[0].headers["RateLimit-Policy"] == '"comments";q=30;w=60'
    assert answers[0].headers["RateLimit"].startswith('"comments";r=29;t=')
    assert answers[-1].json()["violated-policies"] == ["comments"]
    assert bob.post(address, {"body": "Me too"}, "application/json").status_code == 201
    assert alice.get(address).status_code == 200
    assert "RateLimit" not in alice.get(address).headers
