"""The addresses of the document and of its pages.

``path("api/", include("piston_openapi.urls"))`` serves ``api/openapi.json`` and ``api/docs/``.
"""

from django.urls import path

from piston_openapi.pages.views import DocumentationView
from piston_openapi.views import DocumentView

app_name = "piston_openapi"

urlpatterns = [
    path("openapi.json", DocumentView(), name="document"),
    path("docs/", DocumentationView(), name="page"),
]
