"""Clients that somebody else has written find their way: from the root by links alone, as far as they may go."""

from __future__ import annotations

import warnings
from urllib.parse import urljoin

import pytest
import requests
import restnavigator
import uritemplate
from django.contrib.auth.models import User

from blog.models import Comment, Post
from tests.piston_hateoas import judging
from tests.piston_hateoas.linked_blog import AT, ROOT, Site, served, session

with warnings.catch_warnings():  # what these say of themselves when they are imported is not about us
    warnings.simplefilter("ignore")
    from contentgrid_hal_client import HALFormsClient, HALLink, InteractiveHALResponse
    from pypermedia import HypermediaClient

HAL, HAL_FORMS, SIREN = "application/hal+json", "application/prs.hal-forms+json", "application/vnd.siren+json"
ALICE = ("alice", "alice")


# -- HAL: restnavigator ----------------------------------------------------------------------------


def navigator(http: requests.Session, **options: str) -> restnavigator.Navigator:
    return restnavigator.Navigator.hal(ROOT, session=http, headers={"Accept": HAL}, **options)


def test_a_client_of_hal_walks_from_the_root_to_a_comments_author(blog):
    with served(HAL) as http:
        root = navigator(http)
        post = next(each for each in root["post-list"].embedded()["posts"] if each["comments"].embedded()["comments"])
        comments = post["comments"]
        by_somebody = next(each for each in comments.embedded()["comments"] if "author" in each.links())
        author = by_somebody["author"]

        assert root()["title"] == "Blog"
        assert comments.uri == f"{post.uri}comments/"
        assert author()["username"] == by_somebody.embedded()["author"].state["username"]


def test_a_client_of_hal_pages_through_a_list(blog):
    with served(HAL) as http:
        page = navigator(http)["post-list"]
        seen = []
        while True:
            page()
            seen += [post.state["slug"] for post in page.embedded()["posts"]]
            if "next" not in page.links():
                break
            page = page["next"]

    published = Post.objects.filter(is_published=True)
    assert seen == [post.slug for post in published]
    assert len(seen) > 30


def test_a_client_of_hal_fills_templates_in(blog):
    with served(HAL) as http:
        root = navigator(http)
        search, item = root["post-list"]["search"], root["post-item"]
        found = search(sort="title", title__icontains="door", limit=1)
        found()
        [post] = found.embedded()["posts"]

        assert "title__icontains" in search.variables
        assert item.variables == {"slug"}
        assert item(slug=post.state["slug"])()["title"] == post.state["title"]


def test_a_client_of_hal_knows_curies(blog):
    with served(HAL) as http:
        posts = navigator(http)["post-list"]
        posts()
        post = posts.embedded()["posts"][0]

        assert posts["blog:feed"].uri == f"{AT}/feed.xml"
        assert posts.curies == {"blog": "https://blog.example/rels/{rel}"}
        assert post["blog:history"].variables == {"page", "size"}


# -- HAL-FORMS: contentgrid-hal-client -------------------------------------------------------------


class FormsClient(HALFormsClient):
    """Reads steps such as 0.01, which this client takes for whole numbers, though HAL-FORMS does not."""

    def __init__(self, auth: tuple[str, str] | None) -> None:
        super().__init__(ROOT, session_cookie="none")
        self.mount(AT, Site())
        self.auth = auth

    def _validate_json_response(self, response: requests.Response) -> object:
        document = judging.hal(super()._validate_json_response(response))
        for form in document.get("_templates", {}).values():
            for each in form["properties"]:
                each.pop("step", None)
        return document

    def at(self, address: str) -> InteractiveHALResponse:
        return self.follow_link(HALLink(uri=address), infer_type=InteractiveHALResponse)


def followed(client: FormsClient, *rels: str) -> InteractiveHALResponse:
    there = client.at(ROOT)
    for rel in rels:
        there = client.follow_link(there.get_link(rel), infer_type=InteractiveHALResponse)
    return there


def test_a_client_of_hal_forms_writes_a_post_by_its_form(blog):
    with served():
        client = FormsClient(ALICE)
        form = followed(client, "post-list").get_template("create")
        tags = next(each.options for each in form.properties if each.name == "tags")
        choices = requests.Session.get(session("application/json"), AT + tags.link.href).json()
        sent = {each.name: each.value or "2" for each in form.properties if each.required and each.name != "slug"}
        sent |= {"slug": "by-a-form", "tags": [choices[0][tags.valueField]]}

        answer = client.get_method_from_string(form.method.value)(form.target, json=sent)

        assert form.contentType == "application/json"
        assert answer.status_code == 201
        post = Post.objects.get(slug="by-a-form")
        assert [tag.slug for tag in post.tags.all()] == sent["tags"]
        assert judging.hal(answer.json())["_links"]["self"]["href"] == f"/api/posts/{post.slug}/"


def test_a_client_of_hal_forms_comments_where_the_post_says(blog):
    with served():
        client = FormsClient(ALICE)
        posts = followed(client, "post-list").get_embedded_objects_by_key("posts")
        post = client.follow_link(posts[0].get_self_link(), infer_type=InteractiveHALResponse)
        form = post.get_template("comment")

        answer = client.post(form.target, json={"body": "Well said."})

        assert (form.title, [each.name for each in form.properties]) == ("Say something", ["body"])
        assert answer.status_code == 201
        assert Comment.objects.filter(body="Well said.", post__slug=post.data["slug"]).exists()


def test_a_client_of_hal_forms_is_offered_what_it_may_do(blog):
    """Alice may change her own posts and comment on all; somebody unknown may do nothing."""
    hers, other = Post.objects.filter(author__username="alice")[0], Post.objects.exclude(author__username="alice")[0]
    with served():
        offered = {
            (who, post.slug): set(client.at(f"{ROOT}posts/{post.slug}/").templates)
            for who, client in {"alice": FormsClient(ALICE), "nobody": FormsClient(None)}.items()
            for post in (hers, other)
        }

    assert offered == {
        ("alice", hers.slug): {"default", "update", "patch", "delete", "comment"},
        ("alice", other.slug): {"default", "comment"},
        ("nobody", hers.slug): set(),
        ("nobody", other.slug): set(),
    }


def test_a_client_of_hal_forms_changes_and_deletes(blog):
    post = Post.objects.filter(author__username="alice")[0]
    with served():
        client = FormsClient(ALICE)
        there = client.at(f"{ROOT}posts/{post.slug}/")
        there.patch_data({"title": "Another title"})
        title = there.data["title"]
        there.delete()

        assert title == "Another title"
        assert client.get(there.get_self_link().uri).status_code == 404


# -- Siren: pypermedia -----------------------------------------------------------------------------


class SirenSession(requests.Session):
    """Asks for Siren, which pypermedia leaves to its user."""

    def __init__(self, auth: tuple[str, str] | None) -> None:
        super().__init__()
        self.mount(AT, Site())
        self.credentials = auth

    def send(self, request: requests.PreparedRequest, **options: object) -> requests.Response:
        request.headers["Accept"] = SIREN
        request.prepare_auth(self.credentials)
        return super().send(request, **options)


def absolute(method: str, address: str, **data: object) -> requests.Request:
    """Make the request of a relative reference, which pypermedia does not resolve."""
    return requests.Request(method, urljoin(ROOT, address), **data)


def start(http: requests.Session) -> object:
    return HypermediaClient.connect(ROOT, session=http, request_factory=absolute)


def test_a_client_of_siren_walks_from_the_root_to_the_comments(blog):
    http = SirenSession(None)
    with served():
        root = start(http)
        posts = root.post_list(_session=http)
        post = next(iter(posts.get_entities("item")))
        comments = post.comments(_session=http)

        assert root.title == "Blog"
        assert type(posts).__name__ == "posts"
        assert [type(each).__name__ for each in post.get_entities("author")] == ["users"]
        stored = Comment.objects.filter(post__slug=post.slug)
        assert [each.body for each in comments.get_entities("item")] == [each.body for each in stored]


def test_a_client_of_siren_pages_and_searches(blog):
    http = SirenSession(None)
    with served():
        posts = start(http).post_list(_session=http)
        after = posts.next(_session=http)
        found = posts.search(_session=http, author__username="bob", limit="3")

        slugs = [each.slug for each in (*posts.get_entities("item"), *after.get_entities("item"))]
        assert slugs == [post.slug for post in Post.objects.filter(is_published=True)[:20]]
        authors = {author.username for post in found.get_entities("item") for author in post.get_entities("author")}
        assert authors == {"bob"}


def test_a_client_of_siren_writes_by_an_action_and_sees_only_its_own(blog):
    http, nobody = SirenSession(ALICE), SirenSession(None)
    with served():
        posts = start(http).post_list(_session=http)
        post = posts.create(_session=http, title="By an action", slug="by-an-action", content="c", price="1")

        assert Post.objects.get(slug="by-an-action").author == User.objects.get(username="alice")
        assert post.slug == "by-an-action"
        assert callable(post.self(_session=http).update)
        assert not hasattr(start(nobody).post_list(_session=nobody), "create")


# -- the fields of HTTP, and templates -------------------------------------------------------------


@pytest.mark.parametrize("accept", [HAL, SIREN, "application/json"])
def test_the_link_field_leads_where_the_document_does(blog, accept):
    with served(accept) as http:
        answer = http.get(f"{ROOT}posts/?limit=2")
        links = {link["rel"]: link["url"] for link in requests.utils.parse_header_links(answer.headers["Link"])}
        after = http.get(urljoin(ROOT, links["next"]))

        assert after.status_code == 200
        assert links["https://blog.example/rels/feed"] == "/feed.xml"
        assert "search" not in links
        post = http.get(f"{ROOT}posts/{Post.objects.first().slug}/")
        assert {"author", "comments", "collection", "alternate"} <= {
            link["rel"] for link in requests.utils.parse_header_links(post.headers["Link"])
        }


def test_templates_are_expanded_as_rfc_6570_says(blog):
    with served(HAL) as http:
        root = http.get(ROOT).json()["_links"]
        item = uritemplate.expand(root["post-item"]["href"], slug=Post.objects.first().slug)
        search = http.get(AT + root["post-list"]["href"]).json()["_links"]["search"]["href"]
        found = http.get(AT + uritemplate.expand(search, {"title__icontains": "a & b?", "limit": 1}))

        assert http.get(AT + item).status_code == 200
        assert found.status_code == 200
        assert found.json()["_embedded"] == {"posts": []}
        history = http.get(AT + item).json()["_links"]["blog:history"]
        assert uritemplate.expand(history["href"], page=2) == f"/history/{Post.objects.first().slug}?page=2"
