"""The blog of Piston's first announcement, as a small Django project that uses every plugin."""
