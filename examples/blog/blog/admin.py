"""The editors' pages."""

from django.contrib import admin

from blog.models import Comment, Post, Profile, Tag

admin.site.register([Comment, Post, Profile, Tag])
