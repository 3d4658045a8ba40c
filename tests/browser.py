"""A real browser: Chromium without a window, driven by its own driver; what a test says where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from threading import enumerate as enumerate_threads

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.shop_postgres.service import required

_SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-proxy-server",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--window-size=1000,800",
)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory, live_server) -> Iterator[Chrome]:
    """Start Chromium for a module, with a profile of its own, and collect what pages write to its console.

    The server's threads that serve it end with it; they share the test's database.
    """
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (program and driver):
        refuse = pytest.fail if required() else pytest.skip
        refuse("chromium or chromedriver is not installed here; on Debian: apt-get install chromium chromium-driver")
    os.environ["NO_PROXY"] = ",".join(filter(None, [os.environ.get("NO_PROXY"), "localhost", "127.0.0.1"]))
    options = ChromeOptions()
    options.binary_location = program
    for switch in (*_SWITCHES, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    threads_of_others = {*enumerate_threads()}
    browser = Chrome(options=options, service=Service(driver))
    browser.set_page_load_timeout(60)
    yield browser
    browser.quit()
    for thread in {*enumerate_threads()} - threads_of_others:
        thread.join(10)


def complaints(browser: Chrome) -> list[str]:
    """Return what the browser had to complain about since the last time, such as what a policy has forbidden."""
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] in ("WARNING", "SEVERE")]
