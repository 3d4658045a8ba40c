"""django-piston's import paths: what is here leads to ``piston_compat``, which stands on ``piston_core``."""
