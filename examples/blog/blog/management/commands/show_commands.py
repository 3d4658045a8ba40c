"""``manage.py show_commands``: what to type into a second terminal while the blog is being served."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand

from piston_auth.tokens.models import Token

COMMANDS = """
The blog is served on {address} until Ctrl-C. Try, in a second terminal:

  curl {address}/api/                                    # what there is
  curl {address}/api/posts/                              # all posts
  curl {address}/api/posts/hello-piston/                 # one post with its author, tags and comments
  curl -H 'Accept: application/jsonl' {address}/api/posts/
  curl {address}/api/posts.xml                           # the same in XML
  curl {address}/api/posts/hello-piston.yaml             # and in YAML
  curl {address}/api/statistics/                         # an async handler
  curl {address}/api/openapi.json                        # all of it, as an OpenAPI document

  # parts of lists, and answers that are known already
  curl -i '{address}/api/posts/?limit=2&sort=-title'      # Link leads to the next page
  curl '{address}/api/posts/?author__username=alice&tags__slug=django'
  curl -i -H 'Range: items=0-1' {address}/api/tags/
  curl -i -X QUERY --json '{{"sort": "title", "limit": 2}}' {address}/api/posts/
  curl -i -H 'If-None-Match: *' {address}/api/tags/      # 304, it is there

  # create, change and delete a post of alice's (admin, alice and bob: the password is the name)
  curl -u alice:alice --json '{{"title": "Mine", "slug": "mine", "content": "Hello!"}}' {address}/api/posts/
  curl -u alice:alice -X PATCH --json '{{"tags": ["django"]}}' {address}/api/posts/mine/
  curl -u alice:alice -X PUT -d title=Yours -d slug=mine -d content=Bye {address}/api/posts/mine/
  curl -u alice:alice -H 'Content-Type: application/yaml' -X PATCH -d 'rating: 4.5' {address}/api/posts/mine/
  curl -u alice:alice -X PATCH -H 'Content-Type: application/json-patch+json' -d '[{{"op": "replace", "path": "/title", "value": "Ours"}}]' {address}/api/posts/mine/
  curl -i -u alice:alice -X PUT -H 'If-Match: "old"' -d title=Late -d slug=mine -d content=? {address}/api/posts/mine/  # 412
  curl -i -u bob:bob -H 'Idempotency-Key: "1"' --json '{{"body": "Once"}}' {address}/api/posts/mine/comments/  # the same again: done once
  curl -u alice:alice -X DELETE {address}/api/posts/mine/
  curl -u alice:alice {address}/api/other/bob/any/text/  # data without a model

  # the same people by other credentials: a hash instead of the password, a token, and the session of the pages below
  curl -i --digest -u alice:alice {address}/api/other/alice/any/text/
  curl -i -H 'Authorization: Bearer {token}' {address}/api/other/alice/any/text/

  # how it says no
  curl -i -X DELETE {address}/api/posts/hello-piston/                           # 401, no credentials
  curl -i -u bob:bob -X DELETE {address}/api/posts/hello-piston/                # 403, not bob's
  curl -i {address}/api/posts/nothing-here/                                     # 404
  curl -i -u alice:alice --json '{{"title": "LOUD", "price": "x"}}' {address}/api/posts/  # 422

A page that tells all of it, and lets you try it in the browser, is at {address}/api/docs/.
The editors' pages are at {address}/admin/ (admin, admin). Tokens are issued there, and applications that ask by
OAuth are accepted; these find the provider at {address}/oauth/.
"""  # noqa: E501 - each command is a line to copy


class Command(BaseCommand):
    """Prints commands to try."""

    help = "Prints commands to try against the running demo."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare where the blog is served."""
        parser.add_argument("--port", default="8000")

    def handle(self, *_args: Any, port: str, **_options: Any) -> None:
        """Print them."""
        self.stdout.write(COMMANDS.format(address=f"http://127.0.0.1:{port}", token=_new_token()))


def _new_token() -> str:
    """Return a token of alice's; the former one of the demo, which nobody can show again, is of no use any more."""
    alice = User.objects.get(username="alice")
    Token.objects.filter(user=alice, name="demo").delete()
    return Token.objects.issue(alice, "demo")[1]
