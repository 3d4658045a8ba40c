"""Django by itself: a view, a model form, ``JsonResponse``."""

from __future__ import annotations

import json

from django.forms import ModelForm
from django.http import HttpRequest, JsonResponse
from django.urls import path

from benchmarks.models import Post


class PostForm(ModelForm):
    class Meta:
        model = Post
        fields = ("title", "content", "created", "price", "is_published", "rating", "uid")


def create(request: HttpRequest) -> JsonResponse:
    form = PostForm(json.loads(request.body), instance=Post(author_id=1))
    if not form.is_valid():
        return JsonResponse(form.errors.get_json_data(), status=422)
    return JsonResponse(shown(form.save()), status=201)


def shown(post: Post) -> dict[str, object]:
    return {
        "id": post.pk,
        "title": post.title,
        "content": post.content,
        "created": post.created.isoformat(),  # the encoder would cut the microseconds
        "price": post.price,
        "is_published": post.is_published,
        "rating": post.rating,
        "uid": post.uid,
    }


def ok(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True})


urlpatterns = [path("ok/", ok), path("posts/", create)]
