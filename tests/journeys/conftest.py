"""A real server, a real browser; each journey begins with an empty database."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import URLError

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[Any]) -> None:
    for item in items:
        if "journeys" in str(item.path):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def address(django_db_setup: None) -> Iterator[str]:
    """Sitebook served by its own command on the tests' database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "sitebook.server.cli", "serve", "--port", str(port), "--no-worker"]
    server = subprocess.Popen(command, env=os.environ.copy())
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url + "/healthz", server)
        yield url
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(1_200):  # the first start compresses what pages load
        if server.poll() is not None:
            raise RuntimeError(f"serve ended with {server.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "The journeys need Chromium: install Debian's package chromium."
    # Playwright's loop makes Django believe that it is asynchronous; nothing here is.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def _is_complaint(said: ConsoleMessage) -> bool:
    """Refusals are part of stories, and so is a question a newer one replaces; one that fails says ``sendError``."""
    fine = ("status of 4" in said.text, said.text.startswith(("htmx:afterRequest,", "htmx:sendAbort,")))
    return said.type == "error" and not any(fine)


@pytest.fixture
def open_as(browser: Browser, address: str, committed: None) -> Iterator[Callable[..., Page]]:
    """A page as this user, or as nobody; complains about any error the browser prints."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(
        user: Any = None,
        *,
        width: int = 1440,
        dark: bool = False,
        scripts: bool = True,
        touch: bool = False,
        base: str = address,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            has_touch=touch,
            is_mobile=touch,
            base_url=base,
        )
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            key = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def violations(page: Page) -> list[str]:
    """What axe finds wrong with a page: rule and elements."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {[node['target'] for node in each['nodes']][:3]}" for each in found]
