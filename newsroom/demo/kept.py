"""What the demo keeps from one run to the next in `.demo/`: secrets, ports, what is done."""

import json
import os
import secrets
from pathlib import Path

from newsroom.demo import launch

DEFAULT_PORT = 8000


class Refused(Exception):
    """Why the demo does not start, and the way out, in a sentence for the person."""


class Kept:
    """The small file `demo.json` of the state folder, closed to others."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.state.mkdir(parents=True, exist_ok=True)
        self._path = state / "demo.json"
        try:
            self._values: dict[str, str] = json.loads(self._path.read_text())
        except (FileNotFoundError, ValueError):
            self._values = {}

    @property
    def secret_key(self) -> str:
        """Django's, made at the first run, so that sign-ins survive a restart."""
        return self._once("secret_key", secrets.token_urlsafe(48))

    @property
    def webhook_secret(self) -> str:
        """What the sandbox signs with and the site checks."""
        return self._once("webhook_secret", f"whsec_{secrets.token_hex(24)}")

    @property
    def migrated(self) -> str:
        """The name of the shape the database has; empty before the first migration."""
        return self._values.get("migrated", "")

    @migrated.setter
    def migrated(self, shape: str) -> None:
        self._write("migrated", shape)

    @property
    def laid_out(self) -> str:
        """The name of the static files last collected."""
        return self._values.get("laid_out", "")

    @laid_out.setter
    def laid_out(self, static: str) -> None:
        self._write("laid_out", static)

    @property
    def built(self) -> str:
        """The shape the demo newsroom was last wholly built on; empty until then."""
        return self._values.get("built", "")

    @built.setter
    def built(self, shape: str) -> None:
        self._write("built", shape)

    def choose_ports(self) -> launch.Ports:
        """The site's port as asked, the others as last time when they are free.

        Raises Refused when the site's is no port or is taken.
        """
        site = _asked_port()
        if not launch.port_is_free(site):
            raise Refused(
                f"Port {site} is taken by another program: stop that one, "
                f"or choose another port with `WAYLIGHT_PORT={site + 10} make demo`."
            )
        return launch.Ports(
            site=site,
            sandbox=self._port("sandbox_port", wished=site + 1, taken={site}),
            smtp=self._port("smtp_port", wished=site + 2, taken={site, site + 1}),
        )

    def write_env(self, values: dict[str, str]) -> None:
        """The environment for `manage.py` in another terminal (settings read it)."""
        lines = "".join(f"{name}={value}\n" for name, value in values.items())
        _write_closed(self.state / "env", lines)

    def _port(self, name: str, wished: int, taken: set[int]) -> int:
        for port in (int(self._values.get(name, 0)), wished):
            if 0 < port < 65536 and port not in taken and launch.port_is_free(port):
                break
        else:
            port = launch.free_port()
        self._write(name, str(port))
        return port

    def _once(self, name: str, fresh: str) -> str:
        if name not in self._values:
            self._write(name, fresh)
        return self._values[name]

    def _write(self, name: str, value: str) -> None:
        self._values[name] = value
        _write_closed(self._path, json.dumps(self._values, indent=2))


def _asked_port() -> int:
    asked = os.environ.get("WAYLIGHT_PORT") or str(DEFAULT_PORT)
    if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked) <= 65535:
        raise Refused(f"WAYLIGHT_PORT is {asked!r}: a port is a number from 1 to 65535.")
    port = int(asked)
    if port < 1024 and os.geteuid() != 0:
        raise Refused(f"Port {port} is for root alone: choose one from 1024 on.")
    return port


def _write_closed(path: Path, text: str) -> None:
    whole = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    whole.replace(path)
