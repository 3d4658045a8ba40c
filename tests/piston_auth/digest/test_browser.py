"""A browser: Chromium answers the challenge by itself, also for the requests of a page."""

from __future__ import annotations

import json

import pytest
from selenium.webdriver.common.by import By

from piston_auth.digest.models import DigestNonce
from tests.browser import chromium
from tests.piston_auth.digest.asking import user

__all__ = ["chromium"]

pytestmark = [pytest.mark.urls("tests.piston_auth.digest.asking"), pytest.mark.django_db(transaction=True)]

ONE_BY_ONE = """
const done = arguments[0], statuses = [];
(async () => {
    for (let number = 0; number < 5; number++)
        statuses.push((await fetch(`${location.origin}/who/?number=${number}`)).status);
    return statuses;
})().then(done, done);
"""
SENT = """
const done = arguments[0], body = new URLSearchParams({a: "1"});
fetch(`${location.origin}/body/`, {method: "POST", body}).then(answer => answer.json()).then(done, done);
"""


def test_chromium_is_let_in_and_goes_on_with_its_nonce(chromium, live_server):
    user("Aladdin", "open sesame")
    chromium.get(live_server.url.replace("://", "://Aladdin:open%20sesame@") + "/who/?q=é b")
    shown = json.loads(chromium.find_element(By.TAG_NAME, "pre").text)

    assert shown == {"user": "Aladdin", "by": "digest"}
    assert chromium.execute_async_script(ONE_BY_ONE) == [200] * 5
    assert chromium.execute_async_script(SENT)["data"] == {"a": "1"}
    assert DigestNonce.objects.order_by("-highest")[0].highest > 2
