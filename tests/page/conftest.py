"""Debian's Chromium, driven by Playwright; where it is missing, tests skip and say so."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The browser."""
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Opened:
    """A page, what it said on the console, and what it asked a network for."""

    def __init__(self, chromium: Any, address: str, width: int, theme: str, **more: Any) -> None:
        context = chromium.new_context(
            viewport={"width": width, "height": 850}, color_scheme=theme, **more
        )
        self.page = context.new_page()
        self.wrong: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(address)

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(message.text)

    def close(self) -> None:
        """With its context."""
        self.page.context.close()


@pytest.fixture
def opened(chromium: Any) -> Iterator[Callable[..., Opened]]:
    """Opens pages: address, width, theme."""
    pages: list[Opened] = []

    def open_page(address: str, width: int = 1280, theme: str = "light", **more: Any) -> Opened:
        pages.append(Opened(chromium, address, width, theme, **more))
        return pages[-1]

    yield open_page
    for each in pages:
        each.close()
