from django.urls import re_path as url

from piston.authentication import HttpBasicAuthentication
from piston.resource import Resource
from tests.piston_compat.seed.handlers import ArbitraryDataHandler, BlogPostHandler

auth = HttpBasicAuthentication(realm="My Realm")
ad = {"authentication": auth}

blogpost_resource = Resource(handler=BlogPostHandler, **ad)
arbitrary_resource = Resource(handler=ArbitraryDataHandler, **ad)

urlpatterns = [
    url(r"^posts/(?P<post_slug>[^/]+)/$", blogpost_resource),
    url(r"^other/(?P<username>[^/]+)/(?P<data>.+)/$", arbitrary_resource),
]
