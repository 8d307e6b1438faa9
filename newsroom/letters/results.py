"""What became of a letter: accepted, left out, came back, clicks, gifts begun from it.

No open is counted and nobody is told apart: clicks are clicks, not people.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, Q, Sum

from campaigns.models import Donation
from newsroom.letters.models import Fate, Letter, LetterLink, LetterState, Recipient

# Gifts and bounces of an older letter hardly change: it is counted no more.
COUNTED_FOR: Final = timedelta(days=60)
PROVIDER_LIMIT: Final = 0.001


def count_all(now: datetime) -> int:
    """Count the letters that can still change; how many."""
    going = Q(state__in=[LetterState.SENDING, LetterState.PAUSED])
    # Those of the last two days each minute, older ones once an hour.
    since = COUNTED_FOR if now.minute == 0 else timedelta(days=2)
    found = Letter.objects.filter(going | Q(state=LetterState.SENT, sealed_at__gte=now - since))
    ids = list(found.values_list("pk", flat=True))
    for letter_id in ids:
        Letter.objects.filter(pk=letter_id).update(figures=count(letter_id))
    return len(ids)


def count(letter_id: int) -> dict[str, Any]:
    """The letter's figures as the desk shows them; amounts in minor units by currency."""
    rows = Recipient.objects.filter(letter=letter_id)
    by_fate = dict(rows.order_by().values_list("fate").annotate(n=Count("pk")))
    links = LetterLink.objects.filter(letter=letter_id)
    clicks = links.aggregate(clicks=Sum("clicks"), programs=Sum("by_programs"))
    ended = rows.aggregate(
        unsubscribed=Count("unsubscribed_at"),
        complained=Count("complained_at"),
        again=Sum("again"),
    )
    sealed = Letter.objects.filter(pk=letter_id).values_list("sealed_at", flat=True).first()
    # By the index on `started_at`: no gift began from a letter before it went out.
    gifts = Donation.objects.filter(
        started_at__gte=sealed, via=f"letter-{letter_id}", received_at__isnull=False
    )
    money = gifts.order_by().values("currency").annotate(gifts=Count("pk"), net=Sum("net"))
    skipped = rows.filter(fate=Fate.SKIPPED).order_by().values_list("why").annotate(n=Count("pk"))
    return {
        "readers": sum(by_fate.values()),
        "accepted": by_fate.get(Fate.ACCEPTED, 0) + by_fate.get(Fate.BOUNCED, 0),
        "bounced": by_fate.get(Fate.BOUNCED, 0),
        "failed": by_fate.get(Fate.FAILED, 0),
        "skipped": dict(skipped),
        "waiting": by_fate.get(Fate.OWED, 0) + by_fate.get(Fate.SENDING, 0),
        "clicks": clicks["clicks"] or 0,
        "clicks_by_programs": clicks["programs"] or 0,
        "unsubscribed": ended["unsubscribed"],
        "complained": ended["complained"],
        "again": ended["again"] or 0,
        "gifts": [[each["currency"], each["gifts"], each["net"] or 0] for each in money],
    }


def by_provider(since: datetime) -> list[dict[str, Any]]:
    """For each mailbox provider since then: accepted, came back, complaints and their share."""
    rows = Recipient.objects.filter(sent_at__gte=since).order_by().values("provider")
    found = rows.annotate(
        accepted=Count("pk"),
        bounced=Count("pk", filter=Q(fate=Fate.BOUNCED)),
        complaints=Count("complained_at"),
    ).order_by("-accepted")
    return [
        each | {"share": (share := each["complaints"] / each["accepted"]), "high": share >= 0.001}
        for each in found
    ]


def clicked(letter_id: int, number: int, by_program: bool) -> str | None:
    """Count a click; where the link leads, None when the letter has no such link."""
    found = LetterLink.objects.filter(letter=letter_id, number=number)
    url = found.values_list("url", flat=True).first()
    if url is not None:
        field = "by_programs" if by_program else "clicks"
        found.update(**{field: F(field) + 1})
    return url
