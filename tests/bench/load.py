"""A small keep-alive HTTP client that asks as fast as it is answered, for a bounded time.

One thread and a selector: http.client would cost more than the reference it measures.
"""

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

CONNECTIONS = 4
MOST_REQUESTS = 20_000
MOST_SECONDS = 3.0
ANSWER_SECONDS = 20.0

# A parameter that no page knows: the page is made anew, past the page cache.
UNKEPT = "?made=anew"

Request = Callable[[], bytes]


class Failed(Exception):
    """The server's answer was not the 200 that is measured."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked of one server on this machine; `request` gives the next request's bytes."""

    port: int
    request: Request


def get(port: int, path: str) -> Target:
    """The same GET again and again."""
    asked = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
    return Target(port, lambda: asked)


def post(port: int, path: str, signed: Callable[[], tuple[bytes, str]]) -> Target:
    """POSTs of JSON; `signed` gives the next body and its Stripe-Signature."""

    def request() -> bytes:
        body, signature = signed()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\n"
            f"Stripe-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    return Target(port, request)


def rate(target: Target, seconds: float) -> float:
    """Requests answered in a second over `seconds` (3 at most); raises Failed."""
    selector = selectors.DefaultSelector()
    connections = [_Connection(target) for _ in range(CONNECTIONS)]
    asked = answered = 0
    began = ended = time.perf_counter()
    stop_asking = began + min(seconds, MOST_SECONDS)
    waiting = 0
    try:
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask()
            asked, waiting = asked + 1, waiting + 1
        while waiting:
            ready = selector.select(ANSWER_SECONDS)
            if not ready:
                raise Failed("No answer came.")
            for key, _events in ready:
                if not key.data.read():
                    continue
                ended = time.perf_counter()
                answered, waiting = answered + 1, waiting - 1
                if ended < stop_asking and asked < MOST_REQUESTS:
                    key.data.ask()
                    asked, waiting = asked + 1, waiting + 1
    finally:
        for connection in connections:
            connection.socket.close()
        selector.close()
    return answered / (ended - began)


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests per second of each round."""

    rounds: list[float] = field(default_factory=list)

    @property
    def middle(self) -> float:
        return median(self.rounds)

    @property
    def spread(self) -> float:
        """(highest - lowest) / median."""
        return (max(self.rounds) - min(self.rounds)) / self.middle

    def __str__(self) -> str:
        return f"{self.middle:,.0f}/s ({min(self.rounds):,.0f}–{max(self.rounds):,.0f})"


def take_turns(targets: dict[str, Target], rounds: int, seconds: float) -> dict[str, Rates]:
    """`rounds` rounds of each target, one after the other; the first, warming one is not kept."""
    found = {name: Rates() for name in targets}
    for number in range(rounds + 1):
        for name, target in targets.items():
            measured = rate(target, seconds if number else seconds / 2)
            if number:
                found[name].rounds.append(measured)
    return found


def ratios(these: Rates, reference: Rates) -> Rates:
    """Round by round, so that noise which outlasts one round falls on both."""
    pairs = zip(these.rounds, reference.rounds, strict=True)
    return Rates([this / other for this, other in pairs])


class _Connection:
    """One socket, one request under way at most."""

    def __init__(self, target: Target) -> None:
        self.socket = socket.create_connection(("127.0.0.1", target.port), ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = target.request
        self._read = bytearray()
        self._whole = 0

    def ask(self) -> None:
        self._read.clear()
        self._whole = 0
        self.socket.sendall(self._request())

    def read(self) -> bool:
        """Take what has come; True when the answer is whole."""
        part = self.socket.recv(262_144)
        self._read += part
        if not self._whole:
            head, parted, _body = self._read.partition(b"\r\n\r\n")
            if parted:
                self._whole = len(head) + 4 + _length(bytes(head))
        if not part and len(self._read) != self._whole:
            raise Failed("The connection was closed in the middle of an answer.")
        return bool(self._whole) and len(self._read) >= self._whole


def _length(head: bytes) -> int:
    lines = head.decode("latin-1").lower().split("\r\n")
    for line in lines[1:]:
        name, _, value = line.partition(":")
        if name == "content-length" and lines[0].startswith("http/1.1 200"):
            return int(value)
    raise Failed(f"Not a 200 of known length:\n{head.decode('latin-1')}")
