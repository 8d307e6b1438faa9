"""The record's own figures: comparing two long versions; the corrections page and its feeds while
the entries grow. In this process, with the processes of the site at rest."""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median

from django.db import connection
from django.test import Client
from django.utils import timezone

from articles import tallies
from articles.chain import new_salt
from articles.comparing import compare
from articles.models import Article, Correction, Kind, Version
from tests.bench.load import UNKEPT
from tests.bench.made import WORDS
from tests.bench.table import Row

WORDS_COMPARED = 5_000
COMPARED_MS = 150
FEW, MANY = 1_000, 50_000
PAGES = ("/corrections/", "/corrections/feed.atom", "/corrections/feed.json")
TIMES = 15


def comparison() -> list[Row]:
    """Every paragraph edited, some put in and taken out; then the same as one single paragraph."""
    chance = random.Random(1)
    known = WORDS.split() + [f"word{number}" for number in range(2_000)]
    before = [" ".join(chance.choices(known, k=50)) for _ in range(WORDS_COMPARED // 50)]
    after = [_edited(text, chance, known) for text in before]
    after[30:30] = [" ".join(chance.choices(known, k=50)) for _ in range(5)]
    del after[70:75]
    shapes = {"100 paragraphs": (before, after), "one": ([" ".join(before)], [" ".join(after)])}
    rows = []
    for name, (old, new) in shapes.items():
        taken = _ms(lambda old=old, new=new: compare(old, new))
        rows.append(
            Row(
                f"comparison of two {WORDS_COMPARED:,}-word versions, {name}",
                f"{taken:.0f} ms",
                goal=f"≤ {COMPARED_MS} ms",
                met=taken <= COMPARED_MS,
            )
        )
    return rows


def entries_grow() -> list[Row]:
    """Each page at `FEW` and at `MANY` entries, and the ratio."""
    client, article = Client(SERVER_NAME="localhost"), Article.objects.order_by("pk")[0]
    times = []
    for count in (FEW, MANY):
        _entries(article, count)
        times.append({path: _ms(lambda path=path: _get(client, path)) for path in PAGES})
    few, many = times
    return [
        Row(
            f"{path} at {MANY:,} entries : at {FEW:,}",
            f"{many[path]:.1f} ms",
            f"{few[path]:.1f} ms",
            f"{many[path] / few[path]:.2f}",
            "flat",
        )
        for path in PAGES
    ]


def _edited(text: str, chance: random.Random, known: list[str]) -> str:
    return " ".join(chance.choice(known) if chance.random() < 0.05 else w for w in text.split())


def _entries(article: Article, count: int) -> None:
    """Up to `count` entries, an hour apart, as if by a newsroom of many years."""
    version, now = Version.objects.filter(article=article).latest("number"), timezone.now()
    begun = Correction.objects.filter(article=article).count()
    kinds = list(Kind)
    Correction.objects.bulk_create(
        [
            Correction(
                article=article,
                number=number + 1,
                kind=kinds[number % 3],
                was=f"It was {number} cords.",
                now=f"It is {number + 1} cords of birch.",
                issued_at=now - timedelta(hours=number),
                signature="Odile Perrin",
                after=version,
                salt=new_salt(),
            )
            for number in range(begun, count)
        ],
        batch_size=2_000,
    )
    tallies.recount()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE articles_correction, articles_entrywords, articles_entrytally")


def _get(client: Client, path: str) -> None:
    assert client.get(path + UNKEPT).status_code == 200, path


def _ms(act: Callable[[], object]) -> float:
    """The median of several times, in milliseconds, after two to warm up."""
    taken = []
    for _ in range(TIMES + 2):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken[2:])
