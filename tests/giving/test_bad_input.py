"""Whatever is sent to the give form and the webhook: a plain answer, nothing half-written."""

import json
import time
import uuid
from datetime import timedelta

import pytest
import stripe
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, Donation, InboxEvent
from tests.campaigns_made import a_campaign, the_default_campaign

pytestmark = pytest.mark.django_db

OURS = {"HTTP_SEC_FETCH_SITE": "same-origin"}
SECRET = "whsec_of_the_tests"


@pytest.fixture
def campaign() -> Campaign:
    return a_campaign(minimum=200, maximum=100_000)


def send(campaign: Campaign, **fields: str):
    headers = fields.pop("headers", OURS)
    return Client().post(f"/give/{campaign.slug}/start/", fields, **headers)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1", "The smallest donation is $2."),
        ("1.99", "The smallest donation is $2."),
        ("0", "The smallest donation is $2."),
        ("1000.01", "The largest donation here is $1,000."),
        ("1000000000000", "The largest donation here is $1,000."),
        ("-25", "Enter an amount above zero."),
        ("twenty-five", "Enter the amount in digits"),
        ("NaN", "Enter the amount in digits"),
        ("1e3", "Enter the amount in digits"),
        ("１００", "Enter the amount in digits"),
        ("25.4567", "at most 2 decimals"),
        ("", "Enter an amount."),
        ("9" * 59, "too long"),
        ("<script>1</script>", "Enter the amount in digits"),
        ("\x00", ""),
    ],
)
def test_an_amount_that_cannot_be_given_is_answered_beside_the_field(
    campaign: Campaign, typed: str, said: str
) -> None:
    answer = send(campaign, amount="own", own_amount=typed, message="Keep going")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Keep going" in page, "what was typed is kept"
    assert not Donation.objects.exists()


def test_a_preset_that_is_not_offered_is_refused(campaign: Campaign) -> None:
    assert send(campaign, amount="666").status_code == 422
    assert not Donation.objects.exists()


def test_an_unknown_campaign_is_not_found(campaign: Campaign) -> None:
    for path in ("/give/nowhere/", "/campaigns/nowhere/", "/campaigns/nowhere/progress.json"):
        assert Client().get(path).status_code == 404
    assert Client().post("/give/nowhere/start/", {"amount": "2500"}, **OURS).status_code == 404


def test_an_ended_campaign_says_so_and_leads_to_the_default_one() -> None:
    default = the_default_campaign()
    now = timezone.now()
    ended = a_campaign(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=1))
    shown = Client().get(ended.give_url)
    assert shown.status_code == 200
    assert default.give_url in shown.content.decode()
    sent = send(ended, amount="2500")
    assert sent.status_code == 409
    assert default.give_url in sent.content.decode()
    assert not Donation.objects.exists()


def test_a_form_too_large_is_refused_as_that(campaign: Campaign) -> None:
    answer = send(campaign, amount="2500", message="x" * 70_000)
    assert answer.status_code == 413
    assert not Donation.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_ORIGIN": "https://elsewhere.example"},
        {"HTTP_ORIGIN": "null"},
    ],
)
def test_a_form_from_elsewhere_begins_nothing_and_offers_a_token_form(
    campaign: Campaign, headers: dict[str, str]
) -> None:
    answer = send(campaign, amount="2500", headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "csrfmiddlewaretoken" in page
    assert f"{campaign.give_url}confirm/" in page
    assert not Donation.objects.exists()


def test_the_token_form_without_its_token_begins_nothing(campaign: Campaign) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(f"{campaign.give_url}confirm/", {"amount": "2500"}, **OURS)
    assert answer.status_code == 403
    assert not Donation.objects.exists()


def test_a_message_is_kept_as_text(campaign: Campaign) -> None:
    page = send(
        campaign, amount="own", own_amount="x", message="<img src=x onerror=alert(1)>"
    ).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


# ------------------------------------------------------------------ the webhook


def event(**changed: object) -> dict[str, object]:
    return {
        "id": f"evt_{uuid.uuid4().hex}",
        "object": "event",
        "type": "payment_intent.succeeded",
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": {"id": "pi_1", "object": "payment_intent"}},
        **changed,
    }


def signed(body: str, *, secret: str = SECRET, at: int | None = None) -> str:
    at = at or int(time.time())
    mark = stripe.WebhookSignature._compute_signature(f"{at}.{body}", secret)
    return f"t={at},v1={mark}"


def deliver(body: str, signature: str | None = None):
    headers = {"HTTP_STRIPE_SIGNATURE": signature} if signature is not None else {}
    return Client().post("/stripe/webhook/", body, content_type="application/json", **headers)


def test_an_event_is_stored_and_a_second_one_is_not(settings) -> None:
    body = json.dumps(event())
    first, second = (deliver(body, signed(body)) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert (first.json()["new"], second.json()["new"]) == (True, False)
    assert InboxEvent.objects.count() == 1


@pytest.mark.parametrize("case", ["missing", "wrong", "old", "empty", "garbage"])
def test_an_event_not_signed_by_stripe_is_refused_and_not_stored(case: str) -> None:
    body = json.dumps(event())
    signature = {
        "missing": None,
        "wrong": signed(body, secret="whsec_of_somebody_else"),
        "old": signed(body, at=int(time.time()) - 301),
        "empty": "",
        "garbage": "t=,v1=\u00ff",
    }[case]
    answer = deliver(body, signature)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert not InboxEvent.objects.exists()


def test_either_secret_is_good_while_one_is_rotated(settings) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", SECRET]
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        body = json.dumps(event())
        assert deliver(body, signed(body, secret=secret)).status_code == 200


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        ({"account": "acct_other"}, "another account"),
        ({"livemode": True}, "live and test mode"),
        ({"type": "giraffe.spotted"}, "nothing to look at"),
        ({"type": "charge.succeeded", "data": {"object": {"object": "charge"}}}, "nothing to look"),
    ],
)
def test_an_event_that_is_not_for_us_is_kept_as_explained(changed, note: str) -> None:
    body = json.dumps(event(**changed))
    answer = deliver(body, signed(body))
    assert answer.status_code == 200
    kept = InboxEvent.objects.get()
    assert note in kept.outcome
    assert kept.processed_at is not None


@pytest.mark.parametrize(
    "body",
    ["", "not json", "[]", "null", '"x"', "{}", '{"id": 1}', '{"id":"e","type":"t","created":"x"}'],
)
def test_a_signed_body_that_is_no_event_is_refused(body: str) -> None:
    assert deliver(body, signed(body)).status_code == 400
    assert not InboxEvent.objects.exists()


def test_a_null_character_in_an_event_does_no_harm() -> None:
    body = json.dumps(event(data={"object": {"id": "pi_\x00", "object": "payment_intent"}}))
    assert deliver(body, signed(body)).status_code in (200, 400)


def test_an_event_too_large_is_refused_as_that() -> None:
    body = json.dumps(event(padding="x" * 300_000))
    assert deliver(body, signed(body)).status_code == 413


def test_an_event_is_stored_and_answered_while_redis_is_away(settings) -> None:
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/redis.sock"}
    }
    body = json.dumps(event())
    answer = deliver(body, signed(body))
    assert (answer.status_code, answer.json()["new"]) == (200, True)
    assert InboxEvent.objects.get().processed_at is None


def test_the_webhook_takes_only_posts() -> None:
    assert Client().get("/stripe/webhook/").status_code == 405
