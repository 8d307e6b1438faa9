"""`python -m newsroom.sandbox --port 12111 --state .demo/sandbox.sqlite3`"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from .settings import RefusesToStart, Settings


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m newsroom.sandbox",
        description="A Stripe-compatible server for demo and tests. No real money.",
        epilog="STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET are read from the environment.",
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True, help="the SQLite file to keep")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--base-url", help="where browsers find it [http://localhost:PORT]")
    parser.add_argument("--webhook-url", default="", help="an endpoint that hears every event")
    parser.add_argument("--reset", action="store_true", help="forget everything first")
    parser.add_argument("--verbose", action="store_true", help="a log line for each call")
    asked = parser.parse_args()
    try:
        _serve(asked)
    except RefusesToStart as refusal:
        sys.exit(str(refusal))


def _serve(asked: argparse.Namespace) -> None:
    state = asked.state.resolve()
    settings = Settings.from_environment(
        {
            **os.environ,
            "WAYLIGHT_SANDBOX_STATE": str(state),
            "WAYLIGHT_SANDBOX_BASE_URL": asked.base_url or f"http://localhost:{asked.port}",
            "WAYLIGHT_SANDBOX_WEBHOOK_URL": asked.webhook_url,
            "WAYLIGHT_SANDBOX_VERBOSE": "1" if asked.verbose else "",
        }
    )
    _refuse_a_taken_port(asked.host, asked.port)
    if asked.reset:
        for part in ("", "-wal", "-shm"):
            Path(f"{state}{part}").unlink(missing_ok=True)
    os.environ.update(settings.environment())
    Granian(
        "newsroom.sandbox.app:app_from_environment",
        factory=True,
        address=asked.host,
        port=asked.port,
        interface=Interfaces.ASGI,
        workers=1,
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=5,
    ).serve()


def _refuse_a_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise RefusesToStart(
                f"The sandbox cannot listen on {host}:{port} ({error.strerror}):"
                " pass another --port."
            ) from error


if __name__ == "__main__":
    main()
