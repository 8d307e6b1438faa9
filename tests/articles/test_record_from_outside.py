"""An outsider checks the record with Python alone, over HTTP, against the site as it runs."""

import json
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from articles.corrections import Entry, Record
from articles.heads import heads_file, publish_head
from articles.models import Kind
from tests.articles import newsroom

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify_log.py"
CORRECTED = Record([Entry(Kind.CORRECTION, "It was cold.", "It is warm.")])


def run(site: str, *more: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), site, *more],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.returncode, done.stdout


@pytest.fixture
def site(
    transactional_db: None,
    live_server: LiveServer,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """Four links over three pages, the last one empty, and the day's head."""
    settings.RECORD_HEADS_DIR = tmp_path
    settings.BASE_URL = live_server.url
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    monkeypatch.setattr("articles.chain_log.LINKS_A_PAGE", 2)
    energy = newsroom.section()
    kiln = newsroom.story(energy, "The kiln goes cold")
    newsroom.story(energy, "Ice")
    newsroom.edit(kiln, title="The kiln is warm", record=CORRECTED)
    publish_head(datetime(2026, 5, 10, 16, tzinfo=UTC))
    return live_server.url


def test_an_outsider_follows_the_chain_and_finds_the_heads_they_kept(site: str) -> None:
    code, said = run(site, str(heads_file()))
    assert (code, "4 links of 2 stories hold" in said) == (0, True), said


def test_an_outsider_sees_a_head_that_is_gone(site: str, tmp_path: Path) -> None:
    line = heads_file().read_text()
    kept = tmp_path / "kept.txt"
    kept.write_text(line.replace(" 4 ", " 5 "))
    assert run(site, str(kept)) == (1, "the head of 2026-05-10 is no longer in the chain\n")


@pytest.mark.parametrize("field", ["commitment", "story_hash", "site_hash"])
def test_an_outsider_sees_any_hash_that_was_changed(site: str, field: str) -> None:

    class Forger(BaseHTTPRequestHandler):
        """The site's log with one hash of link 2 forged."""

        def do_GET(self) -> None:
            log = json.load(urllib.request.urlopen(f"{site}{self.path}"))  # noqa: S310
            for link in log["links"]:
                if link["sequence"] == 2:
                    link[field] = "ab" * 32
            log["next"] = log["next"] and log["next"].replace(site, forged)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(log).encode())

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Forger)
    forged = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        code, said = run(forged)
    finally:
        server.shutdown()
        server.server_close()
    assert code == 1
    assert "link 2 (story" in said
