"""Production does not start on unsafe settings, and says why for each of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SAFE = {
    "WAYLIGHT_ENV": "production",
    "WAYLIGHT_SECRET_KEY": "a-long-random-key-that-nobody-else-knows-0123456789",
    "WAYLIGHT_BASE_URL": "https://news.example",
    "STRIPE_SECRET_KEY": "sk_live_example",
    "STRIPE_WEBHOOK_SECRETS": "whsec_example",
    "DATABASE_URL": "postgresql://nobody@localhost/nothing",
    "REDIS_URL": "redis://localhost/0",
}


SHOW = "import newsroom.settings as s; print(s.DEBUG, s.INSTALLED_APPS)"


def load(
    tmp_path: Path, *, program: str = SHOW, **changed: str | None
) -> "subprocess.CompletedProcess[str]":
    """Read the settings as production does, in a process of its own."""
    chosen = {**SAFE, **changed}
    ours = ("WAYLIGHT_", "STRIPE_", "DJANGO_", "DATABASE_URL", "REDIS_URL")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    environment |= {k: v for k, v in chosen.items() if v is not None}
    environment["WAYLIGHT_STATE_DIR"] = str(tmp_path)
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_safe_settings_start_without_the_demo(tmp_path: Path) -> None:
    done = load(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("False")
    assert "newsroom.demo" not in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAYLIGHT_DEBUG", "1"),
        ("WAYLIGHT_SECRET_KEY", None),
        ("WAYLIGHT_SECRET_KEY", "short"),
        ("STRIPE_SECRET_KEY", "sk_test_waylight_sandbox"),
        ("STRIPE_SECRET_KEY", None),
        ("STRIPE_API_BASE", "http://localhost:12111"),
        ("WAYLIGHT_BASE_URL", "http://news.example"),
        ("WAYLIGHT_STAFF_SECOND_FACTOR", "0"),
    ],
)
def test_an_unsafe_setting_is_refused_by_its_name(
    tmp_path: Path, name: str, value: str | None
) -> None:
    done = load(tmp_path, **{name: value})
    assert done.returncode != 0
    assert "does not start in production" in done.stderr
    assert name in done.stderr


def test_everything_unsafe_is_named_at_once(tmp_path: Path) -> None:
    names = ["WAYLIGHT_SECRET_KEY", "STRIPE_SECRET_KEY"]
    done = load(tmp_path, **dict.fromkeys(names))
    assert [name for name in names if name not in done.stderr] == []


def test_the_command_that_makes_the_webhook_secret_starts_without_one(tmp_path: Path) -> None:
    asked = (
        "import runpy, sys; sys.argv = ['manage.py', 'register_webhook', '--help'];"
        "runpy.run_path('manage.py', run_name='__main__')"
    )
    done = load(tmp_path, program=asked, STRIPE_WEBHOOK_SECRETS=None)
    assert done.returncode == 0, done.stderr
    assert "--update" in done.stdout


def test_the_site_is_not_served_without_a_webhook_secret(tmp_path: Path) -> None:
    serving = "import newsroom.wsgi"
    assert load(tmp_path, program=serving).returncode == 0
    done = load(tmp_path, program=serving, STRIPE_WEBHOOK_SECRETS=None)
    assert done.returncode != 0
    assert "STRIPE_WEBHOOK_SECRETS" in done.stderr
    assert "register_webhook" in done.stderr


def test_an_environment_nobody_knows_is_refused(tmp_path: Path) -> None:
    done = load(tmp_path, WAYLIGHT_ENV="staging")
    assert done.returncode != 0
    assert "production, demo or test" in done.stderr
