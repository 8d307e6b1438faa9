"""What a newsroom is told of its Stripe account: whether key and endpoint are as they must be."""

import pytest
import requests

from campaigns.inbox import EVENTS
from tests.stack import Stack


def _endpoints(stack: Stack) -> list[dict]:
    return requests.get(
        f"{stack.sandbox_url}/v1/webhook_endpoints",
        headers={"Authorization": f"Bearer {stack.env['STRIPE_SECRET_KEY']}"},
        timeout=10,
    ).json()["data"]


def _change(stack: Stack, method: str, endpoint: str, data: dict | None = None) -> None:
    requests.request(
        method,
        f"{stack.sandbox_url}/v1/webhook_endpoints/{endpoint}",
        data=data,
        headers={"Authorization": f"Bearer {stack.env['STRIPE_SECRET_KEY']}"},
        timeout=10,
    ).raise_for_status()


@pytest.fixture
def elsewhere(stack_db: Stack, monkeypatch):
    """The same site by another address, of which Stripe knows nothing yet."""
    monkeypatch.setitem(stack_db.env, "WAYLIGHT_BASE_URL", "http://elsewhere.example")
    before = {e["id"] for e in _endpoints(stack_db)}
    yield stack_db
    for endpoint in _endpoints(stack_db):
        if endpoint["id"] not in before:
            _change(stack_db, "DELETE", endpoint["id"])


def test_a_well_set_up_account_is_said_to_be_so(stack_db: Stack) -> None:
    done = stack_db.manage("check_stripe")
    assert done.returncode == 0, done.stderr
    assert "test mode" in done.stdout


def test_an_endpoint_is_made_with_our_events_and_brought_up_to_date(elsewhere: Stack) -> None:
    refused = elsewhere.manage("check_stripe")
    assert refused.returncode == 1
    assert "No endpoint at http://elsewhere.example/stripe/webhook/" in refused.stderr
    made = elsewhere.manage("register_webhook")
    assert made.stdout.startswith("STRIPE_WEBHOOK_SECRETS=whsec_")
    (endpoint,) = [e for e in _endpoints(elsewhere) if "elsewhere" in e["url"]]
    assert endpoint["enabled_events"] == EVENTS
    assert elsewhere.manage("check_stripe").returncode == 0
    _change(elsewhere, "POST", endpoint["id"], {"enabled_events[0]": EVENTS[0], "disabled": "true"})
    refused = elsewhere.manage("check_stripe")
    assert f"is not told of {sorted(EVENTS[1:])[0]}" in refused.stderr
    assert "disabled" in refused.stderr
    assert elsewhere.manage("register_webhook", "--update").returncode == 0
    assert elsewhere.manage("check_stripe").returncode == 0


def test_a_key_that_opens_nothing_is_named_for_each_thing_it_cannot_read(
    stack_db: Stack, monkeypatch
) -> None:
    monkeypatch.setitem(stack_db.env, "STRIPE_SECRET_KEY", "rk_test_of_somebody_else")
    refused = stack_db.manage("check_stripe")
    assert refused.returncode == 1
    assert "restricted key of test mode" in refused.stdout
    assert "Disputes cannot be read" in refused.stderr
    assert "Webhook Endpoints cannot be read" in refused.stderr
