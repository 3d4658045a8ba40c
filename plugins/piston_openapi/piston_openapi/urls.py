"""The document's address: ``path("docs/", include("piston_openapi.urls"))`` serves ``docs/openapi.json``."""

from django.urls import path

from piston_openapi.views import DocumentView

app_name = "piston_openapi"

urlpatterns = [path("openapi.json", DocumentView(), name="document")]
