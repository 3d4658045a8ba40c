"""What documents hold that a handler's declarations lead to."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest

from piston_core import Affordance, Document, Input, Link
from piston_hydra import HydraEmitter

DOCUMENT = Document(
    [{"@id": "/books/1/", "@type": "books", "title": "Solaris"}],
    links=(Link("/books/?cursor=a", "next"), Link("/books/{?title,sort}", "search", templated=True)),
    actions=(Affordance("create", "POST", "/books/", inputs=(Input("title", "text", title="Title", required=True),)),),
    total=7,
)


def written(document: Document) -> Any:
    request = HttpRequest()
    request.path = "/books/"
    request.META["QUERY_STRING"] = "limit=1"
    return json.loads(HydraEmitter("https://schema.org/").emit(document, request))


def test_a_list_is_a_collection_with_its_pages_its_search_and_its_operations():
    assert written(DOCUMENT) == {
        "@context": {"@vocab": "https://schema.org/", "hydra": "http://www.w3.org/ns/hydra/core#"},
        "@id": "/books/",
        "@type": "hydra:Collection",
        "hydra:totalItems": 7,
        "hydra:view": {
            "@id": "/books/?limit=1",
            "@type": "hydra:PartialCollectionView",
            "hydra:next": {"@id": "/books/?cursor=a"},
        },
        "hydra:search": [
            {
                "@type": "hydra:IriTemplate",
                "hydra:template": "/books/{?title,sort}",
                "hydra:mapping": [
                    {"@type": "hydra:IriTemplateMapping", "hydra:variable": "title", "hydra:property": "title"},
                    {"@type": "hydra:IriTemplateMapping", "hydra:variable": "sort", "hydra:property": "sort"},
                ],
            }
        ],
        "hydra:operation": [
            {
                "@type": "hydra:Operation",
                "hydra:title": "create",
                "hydra:method": "POST",
                "target": {"@id": "/books/"},
                "hydra:expects": {
                    "@type": "hydra:Class",
                    "hydra:supportedProperty": [
                        {
                            "@type": "hydra:SupportedProperty",
                            "hydra:property": "title",
                            "hydra:title": "Title",
                            "hydra:required": True,
                        }
                    ],
                },
            }
        ],
        "hydra:member": [{"@id": "/books/1/", "@type": "books", "title": "Solaris"}],
    }


def test_data_that_no_plan_shows_is_a_node():
    assert written(Document({"a": 1}))["a"] == 1
    assert written(Document("text"))["value"] == "text"
    assert written(Document([]))["hydra:member"] == []
