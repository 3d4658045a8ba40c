"""JSON:API 1.1: resource objects, compound documents, sparse fieldsets, errors; out and in."""

from __future__ import annotations

from piston_hateoas.jsonapi.builder import JSONAPILinkBuilder
from piston_hateoas.jsonapi.emitter import JSONAPIEmitter
from piston_hateoas.jsonapi.parser import JSONAPIParser

__all__ = ["JSONAPIEmitter", "JSONAPILinkBuilder", "JSONAPIParser"]
