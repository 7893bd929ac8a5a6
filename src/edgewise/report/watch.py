"""The page of a results folder while runs go on, served on this machine alone."""

import hashlib
import json
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import ClassVar

from edgewise.core.errors import UserError
from edgewise.report import page
from edgewise.report.build import Find, compared, reproduced, so_far
from edgewise.report.page import Chapter, Live, Section
from edgewise.report.paper import read_reproductions
from edgewise.runs.store import Store
from edgewise.study.compare import read_comparisons

LOOPBACK = "127.0.0.1"
SEEN = ("runs/*/*/result.json", "*/*/comparison.json", "*/*/reproduction.json")


class Watched:
    """A results folder, which may not be there yet. What has been drawn is drawn again only when
    something has been finished since."""

    def __init__(self, folder: Path, find: Find) -> None:
        self._folder, self._find = folder, find
        self._lock = Lock()
        self._drawn: tuple[str, str] = ("", "")

    def version(self) -> str:
        """Another one whenever there is more to see."""
        found = sorted(path for pattern in SEEN for path in self._folder.glob(pattern))
        told = [f"{path} {path.stat().st_mtime_ns}" for path in found if path.exists()]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]

    def told(self) -> str:
        """How far the runs are."""
        finished = len(list(self._folder.glob("runs/*/*/result.json")))
        unfinished = len(list(self._folder.glob("unfinished/*")))
        going = f", {unfinished} in progress" if unfinished else ""
        return f"{self._folder}: {finished} runs finished{going}"

    def page(self) -> str:
        """Of what has been finished so far."""
        with self._lock:
            version = self.version()
            if version != self._drawn[0]:
                live = Live(version, self.told())
                self._drawn = (version, page.page(*self._chapters(), live=live))
            return self._drawn[1]

    def _chapters(self) -> list[Chapter]:
        store = Store(self._folder)
        chapters = [
            reproduced(store, self._find, each) for _, each in read_reproductions(self._folder)
        ]
        for _, asked in read_comparisons(self._folder):
            part = so_far(store, self._find(asked.scenario), asked)
            if part is not None:
                chapters.append(compared(store, self._find, part, None, played=part == asked))
        nothing = page.paragraph("Nothing has been finished yet. This page looks every 2 s.")
        return chapters or [Chapter("Results", str(self._folder), [Section("Soon", nothing)])]


class _Handler(BaseHTTPRequestHandler):
    """`/` is the page, `/version` tells whether there is another."""

    hosts: ClassVar[tuple[str, ...]] = (LOOPBACK, "localhost")

    def __init__(self, watched: Watched, *args: object) -> None:
        self._watched = watched
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        # A page elsewhere that resolves its own name to this machine is not answered.
        if self.headers.get("Host", "").rpartition(":")[0] not in self.hosts:
            self._answer(403, "text/plain", "this address is not served")
        elif self.path == "/":
            self._answer(200, "text/html", self._drawn())
        elif self.path == "/version":
            facts = {"version": self._watched.version(), "told": self._watched.told()}
            self._answer(200, "application/json", json.dumps(facts))
        else:
            self._answer(404, "text/plain", "there is / and /version")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the terminal is the command's."""

    def _drawn(self) -> str:
        """The page; what is wrong with the folder, in its place."""
        try:
            return self._watched.page()
        except UserError as error:
            live = Live(self._watched.version(), self._watched.told())
            wrong = Section("Not shown", page.paragraph(str(error), "warn"))
            return page.page(Chapter("Results", "", [wrong]), live=live)

    def _answer(self, status: int, kind: str, content: str) -> None:
        body = content.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)


def server(folder: Path, find: Find, port: int) -> ThreadingHTTPServer:
    """Listens on loopback; port 0 takes a free one. `UserError` where the port is taken."""
    try:
        return ThreadingHTTPServer((LOOPBACK, port), partial(_Handler, Watched(folder, find)))
    except OSError as error:
        remedy = "give another --port, or 0 for a free one"
        raise UserError(f"port {port} cannot be used ({error.strerror}): {remedy}") from None
