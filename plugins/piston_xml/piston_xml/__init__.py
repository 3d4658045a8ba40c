"""XML for Piston: documents that keep every type, and bodies without DTD or entities."""

__version__ = "0.1.0"
