"""What is served: posts with an author, tags and comments. Users are Django's."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class Tag(models.Model):
    """A word that posts are found by."""

    objects: ClassVar[models.Manager[Tag]] = models.Manager()

    name = models.CharField(max_length=50, unique=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """One post: a column of each kind that an API usually shows."""

    objects: ClassVar[models.Manager[Post]] = models.Manager()

    title = models.CharField(max_length=120)
    content = models.TextField()
    created = models.DateTimeField()
    price = models.DecimalField(max_digits=8, decimal_places=2)
    is_published = models.BooleanField(default=True)
    rating = models.FloatField()
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts")
    tags = models.ManyToManyField(Tag, related_name="posts")

    def __str__(self) -> str:
        return self.title


class Comment(models.Model):
    """What a reader says about a post."""

    objects: ClassVar[models.Manager[Comment]] = models.Manager()

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="comments")
    body = models.TextField()
    created = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["created", "pk"]

    def __str__(self) -> str:
        return self.body[:40]
