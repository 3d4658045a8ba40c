"""The data: the same posts in every run, with the texts that real ones have."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection

from benchmarks.models import Comment, Post, Tag

POSTS = 10_000
AUTHORS = 200
TAGS = 50

SENTENCES = (
    "The ferry was late again, and nobody on the quay seemed to mind.",
    'She said "we\'ll see", closed the lid, and that was the end of the argument.',
    "Use <code>a && b</code> rather than a & b; the difference is > 3 milliseconds.",
    "Der Bäcker öffnet um sechs, die Straßenbahn fährt früher, und Zoë schläft noch.",
    "Le garçon a mangé une crème brûlée à l'hôtel, près de la forêt.",
    "図書館は九時に開きます。静かにしてください。",
    "Поезд отправляется с третьего пути через пять минут.",
    "We shipped it on a Friday 🚀, and on Monday we fixed it 🐛🔧.",
    "First line of a list:\n\t- flour\n\t- salt\n\t- water\nand nothing else.",
    "The path was C:\\temp\\new, which no tool on that machine could read.",
    "It cost 12.50, or 11.90 with the voucher that everybody has.",
    "今天的天气很好,我们去公园散步吧。",
)
NAMES = ("Ada", "Zoë", "José", "Łukasz", "明", "Søren", "Nguyễn", "Olga", "O'Brien", "Renée")
_BEGINNING = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)


def load(posts: int = POSTS) -> None:
    """Make the tables and fill them: three comments for each post, two to four tags, 200 authors."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    random = Random(20_240_229)
    User.objects.bulk_create(_authors(random))
    Tag.objects.bulk_create(Tag(name=f"{SENTENCES[n % len(SENTENCES)][:12]} #{n:02}") for n in range(TAGS))
    Post.objects.bulk_create(_posts(random, posts), batch_size=500)
    Post.tags.through._default_manager.bulk_create(_links(random, posts), batch_size=2000)
    Comment.objects.bulk_create(_comments(random, posts), batch_size=500)
    _analyze()


def extend(rows: int) -> None:
    """Copy posts within the database until there are that many."""
    there = Post.objects.count()
    if rows <= there:
        return
    table = Post._meta.db_table
    columns = "title, content, created, price, is_published, rating, author_id"
    new = f"copies.n * {there} + {table}.id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (id, uid, {columns}) "
            f"WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < {rows // there}) "
            f"SELECT {new}, {_uid(new)}, {columns} FROM copies, {table} WHERE {new} <= {rows} ORDER BY 1"
        )
    _analyze()


def forget_created(posts: int) -> None:
    """Delete what was created after these posts, and give out its keys again."""
    table = Post._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id > {posts}")
        if connection.vendor == "sqlite":
            cursor.execute(f"UPDATE sqlite_sequence SET seq = {posts} WHERE name = '{table}'")
        else:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {posts})")


def _uid(number: str) -> str:
    """Return SQL for a UUID that no other row has."""
    if connection.vendor == "sqlite":
        return f"printf('%08x', {number}) || 'c0ffee000000400080000000'"
    return f"(lpad(to_hex({number}), 8, '0') || 'c0ffee000000400080000000')::uuid"


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _authors(random: Random) -> Iterator[User]:
    for number in range(1, AUTHORS + 1):
        yield User(pk=number, username=f"author{number}", first_name=random.choice(NAMES), password="!")


def _posts(random: Random, posts: int) -> Iterator[Post]:
    for number in range(1, posts + 1):
        yield Post(
            title=f"{random.choice(SENTENCES)[:60]} ({number})",
            content=_text(random, 300),
            created=_moment(random),
            price=Decimal(random.randrange(1, 100_000)) / 100,
            is_published=random.random() < 0.8,
            rating=random.random() * 5,
            uid=uuid.UUID(int=random.getrandbits(128), version=4),
            author_id=random.randrange(1, AUTHORS + 1),
        )


def _links(random: Random, posts: int) -> Iterator[Any]:
    tags = [*Tag.objects.values_list("pk", flat=True)]
    for post in range(1, posts + 1):
        for tag in random.sample(tags, random.randrange(2, 5)):
            yield Post.tags.through(post_id=post, tag_id=tag)


def _comments(random: Random, posts: int) -> Iterator[Comment]:
    for _ in range(posts * 3):
        yield Comment(post_id=random.randrange(1, posts + 1), body=_text(random, 60), created=_moment(random))


def _text(random: Random, length: int) -> str:
    text = random.choice(SENTENCES)
    while len(text) < length:
        text += random.choice("  \n") + random.choice(SENTENCES)
    return text


def _moment(random: Random) -> datetime:
    """Return a moment, one in ten a whole second, which SQLite and JSON write without a fraction."""
    microseconds = 0 if random.random() < 0.1 else random.randrange(1_000_000)
    return _BEGINNING + timedelta(seconds=random.randrange(100_000_000), microseconds=microseconds)
