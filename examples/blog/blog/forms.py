"""What the API accepts, in Django's own words."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from blog.models import Comment, Post, Tag


class PostForm(forms.ModelForm):
    """A post as its author writes it; tags are named by their slugs."""

    tags = forms.ModelMultipleChoiceField(Tag.objects.all(), to_field_name="slug", required=False)

    class Meta:
        model = Post
        fields: ClassVar = ["title", "slug", "content", "tags", "is_published", "price", "rating", "attachment"]

    def clean_title(self) -> str:
        """Refuse a title that shouts."""
        title: str = self.cleaned_data["title"]
        if title.isupper() and len(title) > 3:
            raise forms.ValidationError("A title in capitals only shouts.", code="shouting")
        return title

    def clean(self) -> dict[str, Any] | None:
        """Refuse a paid post that nobody can buy yet."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("price") and not cleaned.get("is_published"):
            raise forms.ValidationError("A post with a price has to be published.", code="unpublished")
        return cleaned


class CommentForm(forms.ModelForm):
    """A comment by somebody who is logged in."""

    class Meta:
        model = Comment
        fields: ClassVar = ["body"]
