"""The migrations of the tokens, one a module."""
