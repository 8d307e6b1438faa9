"""Marks on the way: each is reached once, in the transaction of the money that took the sum there.

The goal and the stretch goal are marks like any milestone. `reach` is asked by the ledger while
it holds the campaign's total, and by planning when a goal moves; what it writes only grows, so a
refund that takes the sum below a mark does not unsay what was announced. The line to staff is
owed in the same transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Q

from campaigns.models import Campaign
from campaigns.purging import campaign_paths
from newsroom.branding.own_words import own, spoken
from newsroom.edge import purges
from newsroom.mail import outbox
from newsroom.money import Money
from newsroom.readers.models import Reader

MILESTONE: Final = "milestone"
GOAL: Final = "goal"
STRETCH: Final = "stretch"

# Marks that a campaign's sum has come to and that are not written down.
_UNSAID: Final = """
FROM campaigns_campaigntotal t CROSS JOIN LATERAL (
    SELECT goal AS amount FROM campaigns_campaign WHERE id = t.campaign_id
    UNION SELECT stretch_goal FROM campaigns_campaign WHERE id = t.campaign_id
    UNION SELECT amount FROM campaigns_milestone WHERE campaign_id = t.campaign_id
) marks
WHERE marks.amount <= t.raised
  AND NOT EXISTS (SELECT 1 FROM campaigns_reached r
                  WHERE r.campaign_id = t.campaign_id AND r.amount = marks.amount)
"""

# The newest movement in the books is what took the sum there, whatever order they came in.
_REACH: Final = (
    """
INSERT INTO campaigns_reached (campaign_id, amount, reached_at)
SELECT t.campaign_id, marks.amount, coalesce(
    %(at)s, (SELECT max(occurred_at) FROM campaigns_ledgerentry WHERE campaign_id = t.campaign_id))
"""  # noqa: S608 (our own constants)
    + _UNSAID
    + """
AND t.campaign_id = %(campaign)s
ON CONFLICT (campaign_id, amount) DO NOTHING
RETURNING amount, reached_at
"""
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A milestone, the goal or the stretch goal; `amount` in minor units, `picture` an image's id.

    `reached_at` stays once it was reached, whatever became of the sum since.
    """

    amount: int
    words: str
    kind: str = MILESTONE
    reached_at: datetime | None = None
    picture: int | None = None


def reach(campaign: int, at: datetime | None = None) -> list[int]:
    """Write down each mark that the campaign's sum has come to and that was not reached before;
    gives back their amounts. Call while its total is locked.

    `at` says when, where no movement of money did it: a goal was lowered. Staff are owed a line
    about each.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REACH, {"campaign": campaign, "at": at})
        reached = sorted(cursor.fetchall())
    if reached:
        _announce(Campaign.objects.get(pk=campaign), reached)
    return [amount for amount, _moment in reached]


def unsaid() -> list[tuple[int, int, int]]:
    """(campaign, amount, raised) of sums that have passed a mark which is not written down."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT t.campaign_id, marks.amount, t.raised" + _UNSAID)
        return sorted(cursor.fetchall())


def marks_of(
    milestones: list[Mark],
    goal: int,
    stretch: tuple[int | None, str],
    reached: dict[int, datetime],
) -> list[Mark]:
    """All marks of a campaign in order of their amounts, each with when it was reached."""
    marks = {mark.amount: mark for mark in milestones}
    amount, words = stretch
    if amount:
        marks[amount] = Mark(amount, words, STRETCH)
    marks[goal] = Mark(goal, marks[goal].words if goal in marks else "", GOAL)
    return [
        Mark(m.amount, m.words, m.kind, reached.get(m.amount), m.picture)
        for m in sorted(marks.values(), key=lambda mark: mark.amount)
    ]


def words_of(campaign: Campaign, amount: int) -> tuple[str, str]:
    """What kind of mark stands at `amount`, and its words (which may be empty)."""
    milestone = campaign.marks.filter(amount=amount).first()
    if amount == campaign.goal:
        return GOAL, milestone.words if milestone else ""
    if amount == campaign.stretch_goal:
        return STRETCH, campaign.stretch_words
    return MILESTONE, milestone.words if milestone else ""


def who_is_told() -> list[Reader]:
    """Staff whose role plans campaigns."""
    role = Q(
        groups__permissions__codename="change_campaign",
        groups__permissions__content_type__app_label="campaigns",
    )
    staff = Reader.objects.filter(is_active=True, is_staff=True)
    return list(staff.filter(role | Q(is_superuser=True)).distinct().order_by("pk"))


def _announce(campaign: Campaign, reached: list[tuple[int, datetime]]) -> None:
    purges.owe(f"reached:{campaign.pk}:{reached[-1][0]}", campaign_paths(campaign))
    told = who_is_told()
    for amount, moment in reached:
        kind, words = words_of(campaign, amount)
        for reader in told:
            outbox.owe(
                "milestone reached",
                f"milestone:{campaign.pk}:{amount}:{reader.pk}",
                reader.email,
                "milestone_reached",
                {
                    "campaign": spoken(campaign, "title", language=reader.language),
                    "money": Money(amount, campaign.currency),
                    "kind": kind,
                    "words": own(words, reader.language),
                    "reached_at": moment,
                    "campaign_url": settings.BASE_URL + campaign.get_absolute_url(),
                },
                reader.language,
            )
