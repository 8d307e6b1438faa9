"""What a story's own page tells its writer: page loads, who follows it, gifts begun from it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, Sum

from articles.models import Article, Byline, Follow
from campaigns.models import Campaign, DailyRollup, OriginDay, Step, StepDay
from newsroom.readers.models import Reader

DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class CampaignSum:
    """Gifts begun from the story to one campaign, same visit; minor units of its currency.

    `began` are those whose visit began with the story, whatever was read after it.
    """

    campaign: Campaign
    received: int = 0
    reversed: int = 0
    gifts: int = 0
    began: int = 0

    @property
    def net(self) -> int:
        return self.received - self.reversed


@dataclass(frozen=True, slots=True)
class StoryFigures:
    """`days` are the last thirty, the newest first."""

    loads: int
    follows: int
    gives: int
    days: list[tuple[date, int]]
    sums: list[CampaignSum]

    @property
    def gifts(self) -> int:
        return sum(each.gifts for each in self.sums)

    @property
    def most(self) -> int:
        return max(loads for _day, loads in self.days)

    @property
    def of_days(self) -> int:
        return sum(loads for _day, loads in self.days)


def may_see(reader: Reader, article: Article) -> bool:
    """Who sees figures at all, and whoever wrote the story; a name under “With files from” too."""
    if reader.has_perm("campaigns.view_analytics"):
        return True
    return Byline.objects.filter(article=article, person__reader=reader).exists()


def story_figures(article: Article, moment: datetime) -> StoryFigures:
    """Six queries, whatever the story brought."""
    today = moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    loads = StepDay.objects.filter(article=article)
    by_step = dict(loads.values_list("step").annotate(sum=Sum("loads")))
    known = dict(
        loads.filter(step=Step.ARTICLE, day__gt=today - timedelta(days=DAYS))
        .values_list("day")
        .annotate(sum=Sum("loads"))
    )
    days = [today - timedelta(days=n) for n in range(DAYS)]
    return StoryFigures(
        loads=by_step.get(Step.ARTICLE, 0),
        gives=by_step.get(Step.GIVE, 0),
        follows=Follow.objects.filter(article=article, confirmed_at__isnull=False).count(),
        days=[(day, known.get(day, 0)) for day in days],
        sums=_sums(article),
    )


def _sums(article: Article) -> list[CampaignSum]:
    campaigns = Campaign.objects.in_bulk()
    # Sponsors' money is in no story's row.
    last = (
        DailyRollup.objects.filter(article=article)
        .values_list("campaign")
        .annotate(got=Sum("received"), back=Sum("reversed"), number=Sum("donations"))
    )
    first = dict(
        OriginDay.objects.filter(
            campaign__in=list(campaigns), dimension="first_article", value=str(article.pk)
        )
        .values_list("campaign")
        .annotate(number=Sum(F("gifts")))
    )
    found = {pk: (got, back, number) for pk, got, back, number in last}
    sums = [
        CampaignSum(campaigns[pk], *found.get(pk, (0, 0, 0)), began=first.get(pk, 0))
        for pk in {*found, *first}
    ]
    return sorted(sums, key=lambda each: (-each.net, each.campaign.pk))
