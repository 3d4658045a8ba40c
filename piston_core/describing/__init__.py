"""What is served, said as data: for OpenAPI, for pages of documentation, for whatever a project makes of it."""

from piston_core.describing.editing import edit_openapi
from piston_core.describing.places import describe
from piston_core.describing.records import Answer, Body, Description, Parameter, Place, Served

__all__ = ["Answer", "Body", "Description", "Parameter", "Place", "Served", "describe", "edit_openapi"]
