"""What ``manage.py`` gets from the digests."""
