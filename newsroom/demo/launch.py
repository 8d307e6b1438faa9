"""The processes of a whole newsroom on one machine: what each is called with, and when it is up.

The demo's supervisor and the tests' stack start the same five, so that what is tested is what is
shown. Nothing here needs Django.
"""

import json
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

# Stripe shows a key's kind by its beginning; this one opens nothing but the sandbox.
SANDBOX_KEY = "sk_test_waylight_sandbox"


@dataclass(frozen=True)
class Ports:
    """Where each process listens, all on 127.0.0.1."""

    site: int
    sandbox: int
    smtp: int

    @property
    def site_url(self) -> str:
        """`localhost`, not the number: passkeys refuse IP addresses."""
        return f"http://localhost:{self.site}"

    @property
    def sandbox_url(self) -> str:
        """Both the API's base and where Checkout opens in the browser."""
        return f"http://localhost:{self.sandbox}"

    @property
    def webhook_url(self) -> str:
        """Where the sandbox sends its events."""
        return f"{self.site_url}/stripe/webhook/"


def environment(
    ports: Ports, state: Path, *, kind: str, secret_key: str, webhook_secret: str
) -> dict[str, str]:
    """What the settings read, beside the addresses of database and Redis.

    `kind` is `demo` or `test`. The same mapping goes to every process.
    """
    return {
        "WAYLIGHT_ENV": kind,
        "WAYLIGHT_SECRET_KEY": secret_key,
        "WAYLIGHT_STATE_DIR": str(state),
        "WAYLIGHT_PORT": str(ports.site),
        # Where the demo's newsroom lives: its corrections are dated in that zone.
        "WAYLIGHT_TIME_ZONE": "America/Halifax" if kind == "demo" else "America/Toronto",
        "WAYLIGHT_BASE_URL": ports.site_url,
        "WAYLIGHT_MAIL_CATCHER_DIR": str(state / "mail"),
        "EMAIL_URL": f"smtp://127.0.0.1:{ports.smtp}",
        "STRIPE_API_BASE": ports.sandbox_url,
        "STRIPE_SECRET_KEY": SANDBOX_KEY,
        "STRIPE_WEBHOOK_SECRETS": webhook_secret,
        # The sandbox signs with it.
        "STRIPE_WEBHOOK_SECRET": webhook_secret,
    }


def commands(ports: Ports, state: Path) -> dict[str, list[str]]:
    """The command line of each process, by its name, in the order they are started."""
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "newsroom"]
    schedule = str(state / "beat-schedule")
    return {
        "sandbox": [
            *[python, "-m", "newsroom.sandbox"],
            *["--port", str(ports.sandbox), "--state", str(state / "sandbox.sqlite3")],
            *["--webhook-url", ports.webhook_url],
        ],
        "catcher": [
            *[python, "-m", "newsroom.demo.catcher"],
            *["--smtp-port", str(ports.smtp), "--state", str(state / "mail")],
        ],
        "site": [
            *[python, "-m", "granian", "newsroom.wsgi:application", "--interface", "wsgi"],
            *["--host", "127.0.0.1", "--port", str(ports.site)],
            *["--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"],
            *["--respawn-failed-workers", "--workers-kill-timeout", "3"],
        ],
        # Threads, since the work waits for the database and for Stripe, and forks cost memory.
        "worker": [
            *[*celery, "worker", "--pool", "threads", "--concurrency", "4"],
            *["--without-gossip", "--without-mingle", "--without-heartbeat"],
            *["--hostname", f"worker-{ports.site}@%h", "--loglevel", "INFO"],
        ],
        "beat": [*celery, "beat", "--schedule", schedule, "--pidfile", ""],
    }


def manage() -> list[str]:
    """`manage.py` with this very Python; run it in the checkout."""
    return [sys.executable, "manage.py"]


def port_is_free(port: int) -> bool:
    """Whether the site could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # A port whose last connections are still closing is free for a server.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return not listens(port)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether somebody listens on the port of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection:
        connection.settimeout(1)
        return connection.connect_ex(("127.0.0.1", port)) == 0


def answers_well(url: str) -> bool:
    """Whether a GET is answered with a status below 400."""
    try:
        # Addresses of this machine alone, all http.
        with urlopen(url, timeout=10) as answer:  # noqa: S310
            return bool(answer.status < 400)
    except (URLError, OSError):
        return False


def forget_other_endpoints(ports: Ports) -> None:
    """Webhooks go to this site only: a demo that ran on another port is told nothing any more.

    The sandbox must be up. Raises RuntimeError with its answer when it refuses.
    """
    for endpoint in _ask(ports, "GET", "/v1/webhook_endpoints?limit=100")["data"]:
        if endpoint["url"] != ports.webhook_url:
            _ask(ports, "DELETE", f"/v1/webhook_endpoints/{endpoint['id']}")


def _ask(ports: Ports, method: str, path: str) -> dict[str, list[dict[str, str]]]:
    request = Request(  # noqa: S310
        ports.sandbox_url + path,
        headers={"Authorization": f"Bearer {SANDBOX_KEY}"},
        method=method,
    )
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            read: dict[str, list[dict[str, str]]] = json.loads(answer.read())
            return read
    except HTTPError as refusal:
        raise RuntimeError(
            f"The sandbox refused {method} {path}: {refusal.read().decode(errors='replace')}"
        ) from refusal
