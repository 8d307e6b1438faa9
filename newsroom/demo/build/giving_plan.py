"""Who gives what, when and why: a month of gifts as real giving is. Pure: the same seed and
calendar give the same gifts, and gift number 7 is the same whether 25 or 600 are made.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final, Literal, TypeAlias

from newsroom.demo import READER, READER_NAME
from newsroom.demo.build.calendar import Calendar
from newsroom.demo.content.shapes import Donors

Ending: TypeAlias = Literal["paid", "declined, then paid", "left", "refunded", "partly refunded"]

# Minor units and how often: the small and round ones most, a few large.
AMOUNTS: Final = {
    1000: 3,
    1500: 9,
    2000: 5,
    2500: 12,
    3000: 3,
    3500: 17,
    4000: 3,
    5000: 14,
    6000: 2,
    7500: 13,
    10000: 8,
    12000: 1,
    15000: 6.5,
    20000: 1.8,
    25000: 2.8,
    50000: 1.9,
    100000: 0.8,
}
LARGEST: Final = 250_000
LARGEST_GIFT: Final = 7
# Of the day's 24 hours: few at night, at breakfast, at noon, most in the evening.
HOURS: Final = (1, 1, 0, 0, 0, 1, 3, 7, 9, 8, 7, 7, 9, 8, 6, 5, 5, 6, 7, 9, 10, 8, 5, 3)
WEEKEND: Final = 0.6
LETTER_DAY: Final = 3  # a Thursday
LETTER_PULL: Final = 1.5
FIRST_DAYS: Final = (2.4, 1.7, 1.3)
# How many more give on the day a big story is out, and how fast that fades.
PULL: Final = {
    "the-last-winter-on-barlow-spit": 3.2,
    "the-river-they-promised-twice": 2.4,
    "flood-maps-left-out-towns-that-flooded": 1.6,
    "why-we-publish-our-mistakes": 1.0,
    "winter-road-closed-before-the-fuel-came": 0.8,
}
FADES: Final = 0.45
A_STORYS_OWN_PULL: Final = 0.25
WITHOUT_STORY: Final = (("front", 5), ("campaign", 4), ("section", 2), ("", 3))
NAMED: Final = 0.42
WITH_MESSAGE: Final = 0.4
_FORMS: Final = uuid.UUID("0b0a8f3e-52c1-4c2b-8b0c-7a5a7f7f9d51")


@dataclass(frozen=True, slots=True)
class Told:
    """A story that a reader may come from."""

    slug: str
    published: datetime


@dataclass(frozen=True, slots=True)
class Gift:
    """One wish to give and its end. `amount` and `given_back` in minor units of the campaign's
    currency; `moment` aware, when the card is tried; `given_back_at` None unless refunded."""

    number: int
    form: uuid.UUID
    moment: datetime
    amount: int
    ending: Ending
    name: str
    email: str
    public_name: str
    message: str
    story: str | None
    first_story: str | None
    via: str
    given_back: int = 0
    given_back_at: datetime | None = None

    @property
    def started(self) -> datetime:
        """When the form was sent: a minute or so before the card is tried."""
        return self.moment - timedelta(seconds=40 + self.form.int % 140)

    @property
    def is_paid(self) -> bool:
        return self.ending != "left"


def plan(
    count: int, seed: int, calendar: Calendar, days: int, stories: Sequence[Told], donors: Donors
) -> list[Gift]:
    """`count` gifts over the last `days` days, oldest first."""
    weights = _weights_of_days(days, calendar, stories)
    gifts = [_gift(number, seed, calendar, weights, stories, donors) for number in range(count)]
    return sorted(gifts, key=lambda gift: (gift.moment, gift.number))


def form_of(seed: int, number: int) -> uuid.UUID:
    """The id of a gift's form: what tells that it was made before."""
    return uuid.uuid5(_FORMS, f"{seed} {number}")


def _gift(
    number: int,
    seed: int,
    calendar: Calendar,
    weights: list[float],
    stories: Sequence[Told],
    donors: Donors,
) -> Gift:
    chance = Random(f"{seed} {number}")
    days_ago = chance.choices(range(len(weights) - 1, -1, -1), weights)[0]
    moment = _moment(chance, calendar, days_ago)
    amount = chance.choices(list(AMOUNTS), list(AMOUNTS.values()))[0]
    if number == LARGEST_GIFT:
        amount = LARGEST
    story, via = _origin(chance, moment, calendar, stories)
    first = _first_story(chance, story, moment, stories)
    name, email = _donor(_donor_number(number), donors)
    named = chance.random() < NAMED
    says = named and chance.random() < WITH_MESSAGE
    ending = _ending(number)
    given_back, at = _given_back(chance, ending, amount, moment, calendar)
    return Gift(
        number=number,
        form=form_of(seed, number),
        moment=moment,
        amount=amount,
        ending=ending,
        name=name,
        email=email,
        public_name=name if named else "",
        message=chance.choice(donors.messages) if says else "",
        story=story,
        first_story=first,
        via=via,
        given_back=given_back,
        given_back_at=at,
    )


def _ending(number: int) -> Ending:
    """In 600: 35 left, 18 declined at first, 8 given back. By number, so that few gifts have them
    too."""
    if number % 75 == 20:
        return "partly refunded" if number // 75 % 2 else "refunded"
    if number % 17 == 5:
        return "left"
    return "declined, then paid" if number % 33 == 9 else "paid"


def _weights_of_days(days: int, calendar: Calendar, stories: Sequence[Told]) -> list[float]:
    """How much is given on each day, the first one first; the last is the day of the build."""
    weights = []
    for nth, days_ago in enumerate(range(days, -1, -1)):
        day = calendar.day(days_ago)
        weight = FIRST_DAYS[nth] if nth < len(FIRST_DAYS) else 1.0
        for story in stories:
            since = (day - story.published.astimezone(calendar.zone).date()).days
            if since >= 0:
                weight += PULL.get(story.slug, 0.0) * FADES**since
        if day.weekday() >= 5:
            weight *= WEEKEND
        if day.weekday() == LETTER_DAY:
            weight *= LETTER_PULL
        weights.append(weight)
    # Today counts for as much of it as is over.
    today = calendar.now.astimezone(calendar.zone)
    if today.date() == calendar.built_on:
        weights[-1] *= sum(HOURS[: today.hour]) / sum(HOURS)
    return weights


def _moment(chance: Random, calendar: Calendar, days_ago: int) -> datetime:
    hours = list(HOURS)
    now = calendar.now.astimezone(calendar.zone)
    if calendar.day(days_ago) == now.date():
        hours = [often if hour < now.hour else 0 for hour, often in enumerate(hours)]
    hour = chance.choices(range(24), hours)[0]
    return calendar.moment(days_ago, hour, chance.randrange(60), chance.randrange(60))


def _origin(
    chance: Random, moment: datetime, calendar: Calendar, stories: Sequence[Told]
) -> tuple[str | None, str]:
    """The story a gift comes from, if any, and the place of its link."""
    day = moment.astimezone(calendar.zone)
    letter = f"letter-{day:%Y-%m-%d}"
    weights = _pulls(moment, stories)
    out = [story for story, weight in zip(stories, weights, strict=True) if weight]
    if day.weekday() == LETTER_DAY and chance.random() < 0.45:
        with_story = out and chance.random() < 0.6
        return (chance.choices(stories, weights)[0].slug if with_story else None), letter
    if not out or chance.random() < 0.22:
        places, often = zip(*WITHOUT_STORY, strict=True)
        return None, chance.choices(places, often)[0]
    return chance.choices(stories, weights)[0].slug, "banner"


def _first_story(
    chance: Random, story: str | None, moment: datetime, stories: Sequence[Told]
) -> str | None:
    """What the visit began with: mostly the same story, sometimes another."""
    if story is None or chance.random() < 0.75:
        return story
    return chance.choices(stories, _pulls(moment, stories))[0].slug


def _pulls(moment: datetime, stories: Sequence[Told]) -> list[float]:
    """How strongly each story draws at `moment`; nothing before it is out."""
    pulls = []
    for story in stories:
        days = (moment - story.published) / timedelta(days=1)
        own = PULL.get(story.slug, 0.0) + A_STORYS_OWN_PULL
        pulls.append(0.0 if days < 0 else own * (FADES + 0.2) ** days + own * 0.03)
    return pulls


def _donor_number(number: int) -> int | None:
    """Whose gift it is: a few give twice, two are the demo reader's (None)."""
    if number in (3, 43):
        return None
    return number - 13 if number % 40 == 30 else number


def _donor(number: int | None, donors: Donors) -> tuple[str, str]:
    if number is None:
        return READER_NAME, READER
    first, last = donors.name(number)
    plain = "".join(letter for letter in f"{first}.{last}".lower() if letter in _PLAIN)
    return f"{first} {last}", f"{plain}.{number}@{_MAILBOXES[number % len(_MAILBOXES)]}"


_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyz.")
_MAILBOXES: Final = ("post.example", "letters.example", "inbox.example")


def _given_back(
    chance: Random, ending: Ending, amount: int, moment: datetime, calendar: Calendar
) -> tuple[int, datetime | None]:
    if ending not in ("refunded", "partly refunded"):
        return 0, None
    at = calendar.past(moment + timedelta(hours=chance.randrange(5, 90)))
    return (amount if ending == "refunded" else amount // 2), at
