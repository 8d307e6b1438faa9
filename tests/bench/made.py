"""A small newsroom to measure: stories as long as real ones, corrections, comments, a campaign."""

import json
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from articles.corrections import Entry, Record
from articles.models import Article, Comment, CommentState, Kind, Section
from newsroom.sandbox.signing import signature_header
from tests.articles import newsroom
from tests.campaigns_made import a_campaign, the_default_campaign

STORIES = 15
PARAGRAPHS = 24
CORRECTIONS = 6
COMMENTS = 6
WORDS = (
    "The kiln of Marrow Bay burned four cords of birch before the ice went out, and the village "
    "council, which had promised the provincial grid a megawatt by spring, counted what was left "
    "in the shed: nine cords, two of them wet, and a letter from the bank that nobody had opened. "
    "“We knew in October,” said the harbour master, who keeps the tide book. “We wrote it down.”"
)


@dataclass(frozen=True, slots=True)
class Made:
    """Paths on the site, each beginning with a slash."""

    story: str
    plain_story: str
    section: str
    give: str
    campaign: str
    progress: str


def make_newsroom() -> Made:
    """Stories are published as the desk does it; Django must stand on the stack's database."""
    energy = newsroom.section()
    writers = (newsroom.person("Odile Perrin", "odile"), newsroom.person("Anand Rao", "anand"))
    # One picture for all: cutting it to its sizes takes longest.
    around = {"writers": writers, "lead_image": newsroom.image()}
    plain = [_story(energy, number, around) for number in range(STORIES)]
    corrected = _story(energy, STORIES, around)
    _correct(corrected)
    _comment(corrected)
    the_default_campaign()
    campaign = a_campaign(goal=10_000_000, on_articles=True)
    return Made(
        story=str(corrected.url),
        plain_story=str(plain[0].url),
        section=str(energy.url),
        give=f"/give/{campaign.slug}/",
        campaign=f"/campaigns/{campaign.slug}/",
        progress=f"/campaigns/{campaign.slug}/progress.json",
    )


def _story(under: Section, number: int, around: dict[str, Any]) -> Article:
    return newsroom.story(
        under,
        f"The kiln goes cold in week {number}",
        moment=timezone.now() - timedelta(days=20, hours=number),
        dek="A village counts its wood, and finds that somebody else had counted it before.",
        lead_image_alt="A kiln",
        lead_image_credit="Anand Rao",
        body=_body(),
        **around,
    )


def _body(last: str = "") -> str:
    half = [WORDS] * (PARAGRAPHS // 2)
    quote = {"quote": "We wrote it down.", "attribution": "The harbour master"}
    return newsroom.body(
        newsroom.text(*half),
        {"type": "heading", "value": "What the tide book says"},
        {"type": "pull_quote", "value": quote},
        newsroom.text(*half, *([last] if last else [])),
    )


def _correct(story: Article) -> None:
    for number in range(CORRECTIONS):
        entry = Entry(Kind.CORRECTION, f"It was {number} cords.", f"It was {number + 1} cords.")
        newsroom.edit(story, body=_body(f"{number + 1} cords."), record=Record([entry]))


def _comment(story: Article) -> None:
    reader = newsroom.editor("A reader", is_superuser=False, is_staff=False)
    for number in range(COMMENTS):
        Comment.objects.create(
            article=story,
            reader=reader,
            text=f"I remember winter {number}.",
            state=CommentState.APPROVED,
        )


class Events:
    """Stripe events nobody has had yet, signed as Stripe signs them; call it for the next."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._run = uuid.uuid4().hex[:12]
        self._numbers = count(1)

    def __call__(self) -> tuple[bytes, str]:
        """The body and its `Stripe-Signature`."""
        name = f"{self._run}{next(self._numbers)}"
        moment = int(time.time())
        body = json.dumps(_event(name, moment)).encode()
        return body, signature_header(body, [self._secret], moment)


def _event(name: str, moment: int) -> dict[str, Any]:
    """As large as Stripe's own of this type (2 kB)."""
    intent = {
        "id": f"pi_{name}",
        "object": "payment_intent",
        "amount": 2500,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 2500,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"pi_{name}_secret_{'x' * 24}",
        "confirmation_method": "automatic",
        "created": moment,
        "currency": "usd",
        "customer": f"cus_{name}",
        "description": None,
        "last_payment_error": None,
        "latest_charge": f"ch_{name}",
        "livemode": False,
        "metadata": {"donation": "1", "campaign": "keep-the-lights-on", "article": "12"},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": f"pm_{name}",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": None,
    }
    return {
        "id": f"evt_{name}",
        "object": "event",
        "api_version": "2025-09-30",
        "created": moment,
        "data": {"object": intent},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": f"req_{name}", "idempotency_key": str(uuid.uuid4())},
        "type": "payment_intent.succeeded",
    }
