"""A CDN for tests: an HTTP server that is told of purges, answers as it is told to, and keeps what
it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """One request: `body` is the JSON that came with it, or None."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any = None


@dataclass
class Cdn:
    """`answers` (status, body) are given one after the other; used up, all is well."""

    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    fine: tuple[int, bytes] = (200, b'{"success": true, "errors": []}')

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def purged(self) -> list[str]:
        """Paths of PURGE and addresses of Cloudflare's calls, in order."""
        found = []
        for each in self.asked:
            found += each.body["files"] if each.body else [each.path]
        return found


@contextmanager
def running_cdn() -> Iterator[Cdn]:
    cdn = Cdn()

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            cdn.asked.append(Asked(self.command, self.path, dict(self.headers), body))
            status, answer = cdn.answers.pop(0) if cdn.answers else cdn.fine
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_PURGE = do_POST = do_GET = _take

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    cdn.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield cdn
    finally:
        server.shutdown()
        server.server_close()
