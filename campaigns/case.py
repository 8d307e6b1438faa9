"""What makes the case for giving beside the story of a campaign: its milestones, what a gift pays
for, and answers; kept as staff typed them, with what a milestone may no longer become.

A milestone that was reached was announced: its amount stays and it is not taken away. One set at
or below what has been raised would be reached by nobody's gift.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Campaign, CampaignTotal, GiftUse, Milestone, Question, Reached
from campaigns.planning import CampaignRefused
from campaigns.purging import campaign_paths
from newsroom.audit import log
from newsroom.edge import purges
from newsroom.money import Money
from newsroom.readers.models import Reader


@dataclass(frozen=True, slots=True)
class MilestoneWish:
    """A milestone as typed: `row` names its line of the form; `picture` is an image's id.
    `amount` in minor units."""

    row: int
    amount: int
    words: str
    picture: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """All of it, as it shall be: `uses` are (amount, words), `questions` (question, answer)."""

    milestones: Sequence[MilestoneWish]
    uses: Sequence[tuple[int, str]]
    questions: Sequence[tuple[str, str]]


def store_case(campaign: Campaign, case: Case, *, by: Reader | None) -> None:
    """Replace what stands there. Raises CampaignRefused, whose field is `milestones-<row>`."""
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        before = told(campaign)
        _store_milestones(campaign, case.milestones)
        campaign.gift_uses.all().delete()
        GiftUse.objects.bulk_create(
            GiftUse(campaign=campaign, amount=amount, words=words) for amount, words in case.uses
        )
        campaign.questions.all().delete()
        Question.objects.bulk_create(
            Question(campaign=campaign, question=asked, answer=answer, position=n)
            for n, (asked, answer) in enumerate(case.questions)
        )
        after = told(campaign)
        if after != before:
            purges.owe(f"case:{campaign.pk}:{uuid4()}", campaign_paths(campaign))
            summary = _("Changed milestones, gifts and answers of “%(title)s”")
            log.record(
                by,
                "changed",
                campaign,
                (summary % {"title": campaign.title})[:300],
                before=before,
                after=after,
            )


def told(campaign: Campaign) -> dict[str, Any]:
    """What the audit log keeps of it."""
    return {
        "milestones": list(campaign.marks.values_list("amount", "words", "picture")),
        "uses": list(campaign.gift_uses.values_list("amount", "words")),
        "questions": list(campaign.questions.values_list("question", "answer")),
    }


def _store_milestones(campaign: Campaign, wishes: Sequence[MilestoneWish]) -> None:
    # While this is held no gift is booked, so that no sum passes a mark unseen.
    total = CampaignTotal.objects.select_for_update().filter(campaign=campaign).first()
    reached = set(Reached.objects.filter(campaign=campaign).values_list("amount", flat=True))
    before = {mark.amount: mark.words for mark in campaign.marks.all()}
    wanted = {wish.amount for wish in wishes}
    for amount in sorted(reached & before.keys() - wanted):
        raise CampaignRefused(
            "milestones",
            _("“%(words)s” (%(amount)s) was reached and announced: it stays as it is.")
            % {"words": before[amount], "amount": Money(amount, campaign.currency)},
        )
    seen: set[int] = set()
    for wish in wishes:
        if wish.amount in seen:
            sentence = _("There is a milestone at this amount already.")
        elif wish.amount in before:
            sentence = ""
        else:
            sentence = _refusal(campaign, wish.amount, total.raised if total else 0)
        if sentence:
            raise CampaignRefused(f"milestones-{wish.row}", sentence)
        seen.add(wish.amount)
    campaign.marks.all().delete()
    Milestone.objects.bulk_create(
        Milestone(campaign=campaign, amount=w.amount, words=w.words, picture_id=w.picture)
        for w in wishes
    )


def _refusal(campaign: Campaign, amount: int, raised: int) -> str:
    """Why no milestone can be set at `amount` now, in a sentence; empty when it can."""
    if amount in (campaign.goal, campaign.stretch_goal):
        return _("This is the goal or the stretch goal itself: it is announced as that.")
    if amount <= raised:
        money = Money(raised, campaign.currency)
        return _("%(raised)s has been raised already: set it above that.") % {"raised": money}
    return ""
