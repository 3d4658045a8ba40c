"""The provider's addresses: ``path("oauth/", include("piston_oauth.urls"))``."""

from django.urls import path

from piston_oauth.pages import authorize
from piston_oauth.views import access_token, request_token

app_name = "piston_oauth"

urlpatterns = [
    path("request_token/", request_token, name="request_token"),
    path("authorize/", authorize, name="authorize"),
    path("access_token/", access_token, name="access_token"),
]
