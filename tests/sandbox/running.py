"""A sandbox that really runs, and a webhook endpoint that really listens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests
import stripe

ROOT = Path(__file__).parents[2]
KEY = "sk_test_waylight_sandbox"
PATIENCE = 30.0
_quiet = threading.Event()


def wait_until(condition: Callable[[], Any], what: str) -> Any:
    """The condition's first true value, asked for again and again."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        _quiet.wait(0.02)
    raise AssertionError(f"It never came: {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "newsroom.sandbox", *arguments]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STRIPE_")}
    return kept | more


@dataclass
class Running:
    """A sandbox process with its address and a real SDK client."""

    state: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def client(self) -> stripe.StripeClient:
        return self.client_with()

    def client_with(
        self, *, key: str = KEY, retries: int = 0, timeout: float = 20
    ) -> stripe.StripeClient:
        return stripe.StripeClient(
            key,
            base_addresses={"api": self.url},
            max_network_retries=retries,
            http_client=stripe.RequestsClient(timeout=timeout),
        )

    def start(self, *arguments: str) -> Running:
        self.process = subprocess.Popen(
            command("--port", str(self.port), "--state", str(self.state), *arguments),
            cwd=ROOT,
            env=environment(),
        )
        wait_until(self._answers, "the sandbox's first answer")
        return self

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(PATIENCE)
            self.process = None
            wait_until(lambda: not self._answers(), "the sandbox's end")

    def _answers(self) -> bool:
        assert self.process is None or self.process.poll() is None, "the sandbox stopped"
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).ok
        except requests.RequestException:
            return False

    def control(self, method: str, path: str, json: Any = None) -> requests.Response:
        return requests.request(method, f"{self.url}/sandbox/{path}", json=json, timeout=20)

    def raw(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {KEY}"} | options.pop("headers", {})
        return requests.request(method, f"{self.url}{path}", headers=headers, timeout=20, **options)

    def faults(self, **switches: Any) -> None:
        assert self.control("POST", "faults", switches).status_code == 200

    def new_session(self, **more: Any) -> stripe.checkout.Session:
        asked: dict[str, Any] = {
            "mode": "payment",
            "success_url": "http://localhost:8000/thanks/?s={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://localhost:8000/give/",
            "submit_type": "donate",
            "line_items": [
                {
                    "price_data": {
                        "currency": "cad",
                        "unit_amount": 2500,
                        "product_data": {"name": "Donation"},
                    },
                    "quantity": 1,
                }
            ],
        }
        return self.client.v1.checkout.sessions.create(params=asked | more)  # type: ignore[arg-type]

    def pay(self, session: stripe.checkout.Session, **entry: Any) -> requests.Response:
        typed = {"email": "ada@example.org", "name": "Ada Lamb"} | entry
        return self.control("POST", f"checkout/{session.id}/pay", typed)

    def paid_intent(self, amount: int = 2500, **more: Any) -> stripe.PaymentIntent:
        """Money made through the API, without a page."""
        asked = {
            "amount": amount,
            "currency": "cad",
            "payment_method": "pm_card_visa",
            "confirm": True,
        }
        return self.client.v1.payment_intents.create(params=asked | more)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Received:
    body: bytes
    signature: str

    def event(self, secret: str) -> stripe.Event:
        return stripe.Webhook.construct_event(self.body, self.signature, secret)

    def is_signed_with(self, secret: str) -> bool:
        try:
            self.event(secret)
        except stripe.SignatureVerificationError:
            return False
        return True


class Receiver:
    """A webhook endpoint. `answers` are the statuses it gives, the last one from then on."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers = [200]
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.answers[0]
                if len(receiver.answers) > 1:
                    receiver.answers.pop(0)
                receiver.received.append(Received(body, self.headers["Stripe-Signature"]))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            # Several deliveries knock at once; a fuller queue makes the kernel wait a second.
            request_queue_size = 64

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait_for(self, count: int) -> list[Received]:
        wait_until(lambda: len(self.received) >= count, f"{count} deliveries")
        return self.received
