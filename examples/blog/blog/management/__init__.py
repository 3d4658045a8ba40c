"""The blog's command line."""
