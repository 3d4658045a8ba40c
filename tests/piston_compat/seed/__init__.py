"""The ancestor's "fully functional example", with nothing changed but what Django itself removed.

``patterns`` and ``url`` are gone from Django, and the example never imported ``User``; ``myapp`` is the blog.
"""
