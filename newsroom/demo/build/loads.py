"""Page loads of the demo's month, as beacons would have counted them, and how gifts' visits came.

Counted and written down by the functions the site itself uses. A day that has loads already is left
as it is, so that a build that was cut off makes only the rest.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from campaigns import steps
from campaigns.models import Campaign, Step, StepDay
from newsroom.demo.build.calendar import Calendar
from newsroom.demo.build.giving_plan import A_STORYS_OWN_PULL, FADES, PULL, WEEKEND, Gift, Told

# Loads of a story on its first day, for each unit of its pull; a fifth of that share later on.
LOADS: Final = 1400
READ_LATER: Final = 0.03
REFERRERS: Final = {"direct": 34, "search": 27, "social": 19, "letter": 9, "other": 8, "": 3}
DEVICES: Final = {"phone": 61, "desktop": 31, "tablet": 8}
# The banner was left out on a tenth of the loads in the first two weeks.
HELD_DAYS: Final = 14
HELD: Final = 0.1
# Of those who came back from Checkout, how many browsers said so; of a banner, how many saw it.
TOLD_SHARE: Final = 0.93
BANNER_SEEN: Final = 0.91
# Loads of the give page for each Checkout.
GIVES: Final = 2.6


@dataclass(frozen=True, slots=True)
class Visit:
    referrer: str
    device: str
    arm: str


def visit_of(gift: Gift, *, holding: bool) -> Visit:
    """How the visit of a gift came and on what; always the same of the same gift. `holding`: it
    was begun while a holdout ran."""
    chance = Random(f"visit {gift.form}")
    referrer = "letter" if gift.via.startswith("letter") else _one(chance, REFERRERS)
    held = gift.number % 23 == 4
    return Visit(referrer, _one(chance, DEVICES), _arm(held) if gift.story and holding else "")


def holding(campaign: Campaign, gift: Gift) -> bool:
    return gift.started < campaign.starts_at + timedelta(days=HELD_DAYS)


def load_pages(
    campaign: Campaign,
    calendar: Calendar,
    articles: Mapping[str, int],
    stories: Sequence[Told],
    gifts: Sequence[Gift],
) -> None:
    """The loads of every day from the campaign's start to today that has none."""
    known = set(StepDay.objects.filter(campaign=campaign).values_list("day", flat=True).distinct())
    first = campaign.starts_at.astimezone(campaign.zone).date()
    by_day: dict[date, list[Gift]] = {}
    for gift in gifts:
        by_day.setdefault(gift.started.astimezone(campaign.zone).date(), []).append(gift)
    for n in range((calendar.built_on - first).days + 1):
        day = first + timedelta(days=n)
        if day in known:
            continue
        moment = calendar.moment((calendar.built_on - day).days, 12)
        counted = _of_day(campaign, day, n < HELD_DAYS, articles, stories, by_day.get(day, []))
        for load, times in counted.items():
            steps.count(load, moment, times)
        steps.write_down(calendar.now)


def _of_day(
    campaign: Campaign,
    day: date,
    holding: bool,
    articles: Mapping[str, int],
    stories: Iterable[Told],
    gifts: Iterable[Gift],
) -> Counter[steps.Load]:
    chance = Random(f"loads {day}")
    counted: Counter[steps.Load] = Counter()
    for story in stories:
        for _load in range(_loads(story, day, campaign, chance)):
            held = holding and chance.random() < HELD
            seen = not held and chance.random() < BANNER_SEEN
            counted[
                steps.Load(
                    (Step.ARTICLE, Step.BANNER) if seen else (Step.ARTICLE,),
                    campaign=campaign.pk,
                    article=articles[story.slug],
                    referrer=_one(chance, REFERRERS),
                    device=_one(chance, DEVICES),
                    language="en",
                    arm=_arm(held) if holding else "",
                )
            ] += 1
    for gift in gifts:
        _on_the_way(counted, campaign, articles, gift, chance)
    return counted


def _on_the_way(
    counted: Counter[steps.Load],
    campaign: Campaign,
    articles: Mapping[str, int],
    gift: Gift,
    chance: Random,
) -> None:
    """The give page's loads around one Checkout, and the return from it."""
    visit = visit_of(gift, holding=False)
    for _load in range(1 + sum(chance.random() < GIVES / 4 for _ in range(3))):
        counted[
            steps.Load(
                (Step.GIVE,),
                campaign=campaign.pk,
                article=articles[gift.story] if gift.story else None,
                via=steps.via_class(gift.via),
                referrer=visit.referrer,
                device=visit.device,
                language="en",
            )
        ] += 1
    if gift.is_paid:
        counted[steps.Load((Step.RETURN,), campaign=campaign.pk)] += 1
        if chance.random() < TOLD_SHARE:
            counted[steps.Load((Step.THANKS,), campaign=campaign.pk)] += 1


def _loads(story: Told, day: date, campaign: Campaign, chance: Random) -> int:
    since = (day - story.published.astimezone(campaign.zone).date()).days
    if since < 0:
        return 0
    own = PULL.get(story.slug, 0.0) + A_STORYS_OWN_PULL
    often = own * LOADS * (max(FADES**since, READ_LATER) + 0.01)
    if day.weekday() >= 5:
        often *= WEEKEND
    return int(often * chance.uniform(0.85, 1.15))


def _arm(held: bool) -> str:
    return "held" if held else "shown"


def _one(chance: Random, weights: Mapping[str, float]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]
