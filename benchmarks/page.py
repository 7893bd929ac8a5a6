"""The page in Chromium: how large it is, how long it takes to open, and what a frame of the map
costs while 1000 slots of 100 devices and 10 servers are played side by side under two schemes.

    python -m benchmarks.page

A frame is measured from one to the next, as a reader sees it, and by what the page's thread
computed for it, in CPU time, which other programs on the machine change less.
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

sys.path += ["tests", "tests/page"]
from made_up import whole_page

SIZE = (1000, 100, 10)
PLAYED_MS = 8_000


def main() -> None:
    """Prints the figures."""
    path = Path(tempfile.mkdtemp()) / "page.html"
    path.write_text(whole_page(*SIZE), encoding="utf-8")
    print(f"page: {path.stat().st_size / 1e6:.2f} MB")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for width in (390, 1280):
            page = browser.new_page(viewport={"width": width, "height": 850})
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            page.goto(path.as_uri())
            page.wait_for_selector("html[data-charts=drawn]", state="attached")
            opened = f"{_since_ms(page):.0f} ms, own work {1000 * _busy_s(session):.0f} ms"
            print(f"{width} px: open after {opened}; {_played(page, session)}")
        browser.close()


def _since_ms(page: Any) -> float:
    """Since it was asked for: the map is there by now, and all charts are drawn."""
    return float(page.evaluate("performance.now()"))


def _played(page: Any, session: Any) -> str:
    page.locator(".play").scroll_into_view_if_needed()
    page.select_option("[data-part=speed]", "60")
    before = _busy_s(session)
    page.click("[data-part=run]")
    page.wait_for_timeout(PLAYED_MS)
    frames = page.evaluate("edgewise.players[0].frames")
    own_ms = 1000 * (_busy_s(session) - before) / max(len(frames), 1)
    median_ms = statistics.median(frames)
    return f"{len(frames)} frames, median {median_ms:.1f} ms, own work {own_ms:.1f} ms a frame"


def _busy_s(session: Any) -> float:
    """Of the CPU, what the page's main thread has had."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


if __name__ == "__main__":
    main()
