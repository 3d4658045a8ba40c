"""The blog's addresses: the API, the login, the admin for the editors, and where applications get permission."""

from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.urls import include, path

from blog.handlers import (
    ArbitraryDataHandler,
    AuthorHandler,
    CommentHandler,
    PostHandler,
    StatisticsHandler,
    TagHandler,
)
from piston_core import Api

api = Api(title="Blog")
api.route("posts/", PostHandler)
api.route("posts/<slug:slug>/", PostHandler)
api.route("posts/<slug:slug>/comments/", CommentHandler)
api.route("authors/", AuthorHandler, authentication=())
api.route("authors/<str:username>/", AuthorHandler, authentication=())
api.route("tags/", TagHandler, authentication=())
api.route("statistics/", StatisticsHandler, authentication=())
api.route("other/<username>/<path:data>/", ArbitraryDataHandler)

urlpatterns = [
    path("api/", include("piston_openapi.urls")),  # openapi.json, before the API's own answer to everything else
    path("api/", include(api.urls)),
    path("admin/", admin.site.urls),
    path("oauth/", include("piston_oauth.urls")),
    path("accounts/login/", LoginView.as_view(template_name="admin/login.html"), name="login"),
]
