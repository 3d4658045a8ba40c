"""The addresses of the document and of its pages.

``path("api/", include("piston_openapi.urls"))`` serves ``api/openapi.json`` and ``api/docs/``.
"""

from django.urls import path

from piston_openapi.pages.readers import for_readers
from piston_openapi.pages.viewers import viewer_file, viewer_page
from piston_openapi.pages.views import DocumentationView
from piston_openapi.views import DocumentView

app_name = "piston_openapi"

urlpatterns = [
    path("openapi.json", for_readers(DocumentView()), name="document"),
    path("docs/", for_readers(DocumentationView()), name="page"),
    path("docs/<slug:name>/", for_readers(viewer_page), name="viewer"),
    path("docs/<slug:name>/<str:file>", for_readers(viewer_file), name="viewer-file"),
]
