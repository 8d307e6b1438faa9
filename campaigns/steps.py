"""Counting page loads on the way to a gift: in Redis as they come, written down each minute.

No cookie and no identifier: a beacon says what kind of page was loaded, and classes of how the
visit came and on what. The key space is bounded: stories that are public, campaigns there are, and
a few classes.
"""

import logging
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from time import monotonic
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from redis.exceptions import RedisError

from articles.models import Article
from campaigns.attribution import ARMS, DEVICES, REFERRERS, one_of
from campaigns.models import Campaign, Donation, Step, StepBatch
from newsroom.edge.redis import redis

log = logging.getLogger(__name__)

NOW: Final = "waylight:steps"
BATCHES: Final = "waylight:steps:batches"
# A batch that is still in Redis after this long would count again.
REMEMBERED: Final = timedelta(days=30)
# Whose loads are counted by more than their number, and what may be said of them.
TALLIED: Final = (Step.ARTICLE, Step.GIVE)
OF_A_STORY: Final = (Step.ARTICLE, Step.BANNER, Step.GIVE)
VIAS: Final = ("banner", "button", "letter", "embed", "campaign", "reminder", "other")
SAID: Final = (Step.ARTICLE, Step.BANNER, Step.GIVE, Step.THANKS)
KNOWN_SECONDS: Final = 60
MOST_KNOWN: Final = 20_000
# Programs that read pages and say so, or say nothing of themselves (docs/funnel.md).
BOTS: Final = re.compile(
    r"bot\b|bot[/;_-]|crawl|spider|slurp|preview|scrape|headless|lighthouse|monitor|validator"
    r"|facebookexternalhit|embedly|curl|wget|python|httpx|go-http|java/|libwww|okhttp|axios|node",
    re.IGNORECASE,
)

# Whole or not at all: what is counted meanwhile goes into the next batch.
_TAKE = """
if redis.call('EXISTS', KEYS[1]) == 1 then
    redis.call('RENAME', KEYS[1], KEYS[2])
    redis.call('SADD', KEYS[3], ARGV[1])
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """One page load: its steps, the public story and the campaign it is of, and what is known of
    its visit, as classes; "" where nothing is."""

    steps: tuple[Step, ...]
    campaign: int | None = None
    article: int | None = None
    via: str = ""
    referrer: str = ""
    device: str = ""
    language: str = ""
    arm: str = ""


def is_bot(user_agent: str) -> bool:
    return not user_agent or BOTS.search(user_agent) is not None


def read(fields: Mapping[str, str]) -> Load | None:
    """What a beacon says; None when it names no step of ours, a story that is not public or a
    campaign that is none."""
    said = fields.get("steps", "").split(" ")
    steps = tuple(Step(name) for name in dict.fromkeys(said) if name in SAID)
    article, campaign = _number(fields.get("story", "")), _number(fields.get("campaign", ""))
    if not steps or len(steps) < len(said):
        return None
    if campaign and campaign not in _zones():
        return None
    if article and not _is_public(article):
        return None
    if Step.ARTICLE in steps and not article:
        return None
    if any(step is not Step.ARTICLE for step in steps) and not campaign:
        return None
    return Load(
        steps=steps,
        campaign=campaign,
        article=article,
        via=via_class(fields.get("via", "")) if Step.GIVE in steps else "",
        referrer=one_of(REFERRERS, fields.get("came", "")),
        device=one_of(DEVICES, fields.get("device", "")),
        language=one_of(tuple(code for code, _name in settings.LANGUAGES), fields.get("lang", "")),
        arm=one_of(ARMS, fields.get("arm", "")),
    )


def via_class(via: str) -> str:
    """A give link's place without what tells one letter or partner from another."""
    if not via:
        return ""
    return one_of(VIAS, via.partition("-")[0]) or "other"


def count(load: Load, moment: datetime, times: int = 1) -> None:
    """Add one load, or so many, to what is counted. Raises RedisError."""
    with redis().pipeline(transaction=False) as together:
        for field in _fields(load, moment):
            together.hincrby(NOW, field, times)
        together.execute()


def note_return(donation: Donation, user_agent: str) -> None:
    """Somebody came back from Checkout: what beacons of the thanks page are weighed against."""
    if is_bot(user_agent):
        return
    try:
        count(Load((Step.RETURN,), campaign=donation.campaign_id), timezone.now())
    except RedisError:
        log.info("a return from Checkout was not counted: Redis is away")


def _fields(load: Load, moment: datetime) -> list[str]:
    zone = _zones().get(load.campaign or 0) or ZoneInfo(settings.TIME_ZONE)
    day = moment.astimezone(zone).date().isoformat()
    fields = []
    for step in load.steps:
        article = load.article if step in OF_A_STORY else None
        fields.append(f"loads|{day}|{load.campaign or ''}|{step}|{article or ''}")
        if step in TALLIED:
            known = {"referrer": load.referrer, "device": load.device, "language": load.language}
            known |= {"via": load.via} if step == Step.GIVE else {"arm": load.arm}
            fields += [
                f"tally|{day}|{load.campaign or ''}|{step}|{name}|{value}"
                for name, value in known.items()
            ]
    return fields


# ------------------------------------------------------------------ written down


def write_down(moment: datetime) -> int:
    """Bring what was counted into the database; how many batches that were.

    A batch is taken out of Redis's running counts in one step and written with its own key in one
    transaction, then taken off Redis. Killed before the transaction's end, the next call finds the
    batch where it was; killed after it, the next call finds its key and only clears it away. So a
    load is neither lost nor counted twice. Raises RedisError.
    """
    store = redis()
    batch = uuid.uuid4().hex
    store.eval(_TAKE, 3, NOW, _key(batch), BATCHES, batch)
    found: Any = store.smembers(BATCHES)
    for key in sorted(name.decode() for name in found):
        counts: Any = store.hgetall(_key(key))
        _write(key, {name.decode(): int(number) for name, number in counts.items()})
        store.delete(_key(key))
        store.srem(BATCHES, key)
    StepBatch.objects.filter(written_at__lt=moment - REMEMBERED).delete()
    return len(found)


def _write(key: str, counts: Mapping[str, int]) -> None:
    loads: list[list[Any]] = []
    tallies: list[list[Any]] = []
    for field, number in sorted(counts.items()):
        table, *row = field.split("|")
        (loads if table == "loads" else tallies).append([*row, number])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO campaigns_stepbatch (key) VALUES (%s) ON CONFLICT DO NOTHING", [key]
        )
        if not cursor.rowcount:
            return
        if loads:
            cursor.execute(_LOADS, [list(column) for column in zip(*loads, strict=True)])
        if tallies:
            cursor.execute(_TALLIES, [list(column) for column in zip(*tallies, strict=True)])


# A story or campaign that is gone meanwhile is left out.
_LOADS = """
INSERT INTO campaigns_stepday AS kept (day, campaign_id, step, article_id, loads)
SELECT n.day::date, c.id, n.step, a.page_ptr_id, n.loads
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::int[])
    AS n(day, campaign, step, article, loads)
LEFT JOIN campaigns_campaign c ON c.id = nullif(n.campaign, '')::bigint
LEFT JOIN articles_article a ON a.page_ptr_id = nullif(n.article, '')::bigint
WHERE (n.campaign = '' OR c.id IS NOT NULL) AND (n.article = '' OR a.page_ptr_id IS NOT NULL)
ON CONFLICT (campaign_id, step, day, article_id) DO UPDATE SET loads = kept.loads + excluded.loads
"""
_TALLIES = """
INSERT INTO campaigns_steptally AS kept (day, campaign_id, step, dimension, value, loads)
SELECT n.day::date, c.id, n.step, n.dimension, n.value, n.loads
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int[])
    AS n(day, campaign, step, dimension, value, loads)
LEFT JOIN campaigns_campaign c ON c.id = nullif(n.campaign, '')::bigint
WHERE n.campaign = '' OR c.id IS NOT NULL
ON CONFLICT (campaign_id, dimension, step, day, value)
    DO UPDATE SET loads = kept.loads + excluded.loads
"""


def _key(batch: str) -> str:
    return f"{NOW}:{batch}"


# ------------------------------------------------------------------ what there is


_public: dict[int, float] = {}


def _is_public(article: int) -> bool:
    """Whether the story is public, as of a minute ago at most."""
    now = monotonic()
    if _public.get(article, 0) > now:
        return True
    found = Article.objects.filter(pk=article, live=True, current_version__isnull=False).exists()
    if found:
        if len(_public) >= MOST_KNOWN:
            _public.clear()
        _public[article] = now + KNOWN_SECONDS
    return found


def _zones() -> dict[int, ZoneInfo]:
    """Every campaign's zone, as of a minute ago at most."""
    return _zones_at(int(monotonic() // KNOWN_SECONDS))


@lru_cache(maxsize=1)
def _zones_at(_minute: int) -> dict[int, ZoneInfo]:
    return {pk: ZoneInfo(zone) for pk, zone in Campaign.objects.values_list("pk", "time_zone")}


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,17}", text, re.ASCII) else None
