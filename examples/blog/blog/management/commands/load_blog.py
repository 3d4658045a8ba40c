"""``manage.py load_blog``: the blog's real posts, and copies of them where more are wanted."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand
from django.db import transaction

from blog.models import Comment, Post, Profile, Tag

CONTENT = Path(__file__).resolve().parents[2] / "content"
DEMO_USERS = ("admin", "alice", "bob")  # their passwords are their names


class Command(BaseCommand):
    """Loads the blog; what is there already stays as it is."""

    help = "Loads the demo content; run it again with a larger number for more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare how much to load."""
        parser.add_argument("--posts", type=int, default=0, help="how many posts at least; default: the real ones")

    @transaction.atomic
    def handle(self, *_args: Any, posts: int, **_options: Any) -> None:
        """Load users, tags, posts and comments."""
        authors = _authors()
        tags = {
            tag["slug"]: Tag.objects.get_or_create(slug=tag["slug"], defaults={"name": tag["name"]})[0]
            for tag in _read("tags")
        }
        real = _read("posts")
        wanted = [*real, *islice(_copies(real), max(0, posts - len(real)))]
        there = set(Post.objects.values_list("slug", flat=True))
        new = [entry for entry in wanted if entry["slug"] not in there]
        _save(new, authors, tags)
        self.stdout.write(f"{Post.objects.count()} posts, {Comment.objects.count()} comments, {len(authors)} authors.")


def _read(name: str) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = json.loads((CONTENT / f"{name}.json").read_text(encoding="utf-8"))
    return content


def _authors() -> dict[str, User]:
    admin, created = User.objects.get_or_create(username="admin", defaults={"is_staff": True, "is_superuser": True})
    authors = {"admin": admin}
    fresh = [admin] if created else []
    for entry in _read("authors"):
        bio = entry.pop("bio")
        user, created = User.objects.get_or_create(username=entry["username"], defaults=entry)
        Profile.objects.get_or_create(user=user, defaults={"bio": bio})
        authors[user.username] = user
        fresh += [user] if created else []
    for user in fresh:
        user.set_password(user.username if user.username in DEMO_USERS else None)
        user.save()
    return authors


def _copies(real: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for number, entry in enumerate(cycle(real), start=1):
        created = datetime.fromisoformat(entry["created"]) - timedelta(days=number)
        yield entry | {
            "title": f"{entry['title']} ({number})",
            "slug": f"{entry['slug']}-{number}",
            "created": created.isoformat(),
        }


def _save(entries: list[dict[str, Any]], authors: dict[str, User], tags: dict[str, Tag]) -> None:
    columns = ("title", "slug", "content", "is_published", "rating")
    posts = Post.objects.bulk_create(
        [
            Post(
                author=authors[entry["author"]],
                created=datetime.fromisoformat(entry["created"]),
                price=Decimal(entry["price"]),
                **{name: entry[name] for name in columns},
            )
            for entry in entries
        ],
        batch_size=1000,
    )
    pairs = list(zip(posts, entries, strict=True))
    through = Post.tags.through
    through.objects.bulk_create(
        [through(post_id=post.pk, tag_id=tags[slug].pk) for post, entry in pairs for slug in entry["tags"]],
        batch_size=1000,
    )
    Comment.objects.bulk_create(
        [
            Comment(
                post=post,
                author=authors.get(comment["author"]),
                name=comment["name"],
                body=comment["body"],
                created=datetime.fromisoformat(comment["created"]),
            )
            for post, entry in pairs
            for comment in entry["comments"]
        ],
        batch_size=1000,
    )
