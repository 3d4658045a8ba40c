"""What ``manage.py`` does for the provider."""
