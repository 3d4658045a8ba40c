"""Django REST framework: model serializers and generic views."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.urls import path
from rest_framework.generics import CreateAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ModelSerializer
from rest_framework.views import APIView
from rest_framework_xml.renderers import XMLRenderer
from rest_framework_yaml.renderers import YAMLRenderer

from benchmarks.models import Comment, Post, Tag

FLAT = ("id", "title", "content", "created", "price", "is_published", "rating", "uid")


class AuthorSerializer(ModelSerializer):
    class Meta:
        model = User
        fields = ("username", "first_name")


class TagSerializer(ModelSerializer):
    class Meta:
        model = Tag
        fields = ("name",)


class CommentSerializer(ModelSerializer):
    class Meta:
        model = Comment
        fields = ("body", "created")


class FlatSerializer(ModelSerializer):
    class Meta:
        model = Post
        fields = FLAT


class PostSerializer(ModelSerializer):
    author = AuthorSerializer()

    class Meta:
        model = Post
        fields = (*FLAT, "author")


class NestedSerializer(ModelSerializer):
    author = AuthorSerializer()
    tags = TagSerializer(many=True)
    comments = CommentSerializer(many=True)

    class Meta:
        model = Post
        fields = (*FLAT, "author", "tags", "comments")


class FlatView(ListAPIView):
    queryset = Post.objects.order_by("pk")[:1000]
    serializer_class = FlatSerializer


class XmlView(FlatView):
    renderer_classes = (XMLRenderer,)


class YamlView(FlatView):
    renderer_classes = (YAMLRenderer,)


class NestedView(ListAPIView):
    queryset = Post.objects.order_by("pk").select_related("author").prefetch_related("tags", "comments")[:1000]
    serializer_class = NestedSerializer


class NaiveView(ListAPIView):
    queryset = Post.objects.order_by("pk")[:1000]
    serializer_class = NestedSerializer


class PostView(RetrieveAPIView):
    queryset = Post.objects.select_related("author")
    serializer_class = PostSerializer


class NewPostView(CreateAPIView):
    serializer_class = FlatSerializer

    def perform_create(self, serializer: Any) -> None:
        serializer.save(author_id=1)


class StreamView(ListAPIView):
    queryset = Post.objects.order_by("pk")
    serializer_class = FlatSerializer


class OkView(APIView):
    def get(self, request: Request) -> Response:
        return Response({"ok": True})


urlpatterns = [
    path("ok/", OkView.as_view()),
    path("posts/", NewPostView.as_view()),
    path("flat/", FlatView.as_view()),
    path("flat/xml/", XmlView.as_view()),
    path("flat/yaml/", YamlView.as_view()),
    path("nested/", NestedView.as_view()),
    path("naive/", NaiveView.as_view()),
    path("posts/<int:pk>/", PostView.as_view()),
    path("stream/", StreamView.as_view()),
]
