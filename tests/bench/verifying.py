"""How fast `verify_record` goes, and that its memory does not grow with the versions. All that is
written for it is rolled back."""

import time
from datetime import timedelta

import psutil
from django.db import connection, transaction
from django.utils import timezone

from articles.chain import commitment_of, new_salt, next_site_hash, next_story_hash
from articles.models import Article, Change, Seal, Section, Version
from articles.verifying import verify_record
from tests.articles import newsroom
from tests.bench.made import WORDS
from tests.bench.table import Row

FEW, MANY = 10_000, 100_000
# What may differ between the two peaks: the allocator's own play.
PLAY_MIB = 16
BATCH = 1_000
MIB = 1024 * 1024


def verifying(few: int = FEW, many: int = MANY) -> list[Row]:
    """Links a second over `many` versions, and the process's growth at `few` and at `many`."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            # The guard notes each version for its transaction; here one would note all of them.
            cursor.execute("SET LOCAL session_replication_role = replica")
        body = newsroom.body(newsroom.text(WORDS, WORDS, WORDS))
        under = Section.objects.order_by("pk")[0]
        story = newsroom.story(under, "The kiln in a hundred thousand versions", body=body)
        _versions(story, few - 1)
        _taken, few_mib = _verified()
        _versions(story, many - few)
        taken, many_mib = _verified()
        transaction.set_rollback(True)
    return [
        Row(f"verify_record over {many:,} versions", f"{many / taken:,.0f}/s"),
        Row(
            f"memory verify_record adds at {many:,} versions : at {few:,}",
            f"{many_mib:.0f} MiB",
            f"{few_mib:.0f} MiB",
            goal=f"≤ {PLAY_MIB} MiB more",
            met=many_mib - few_mib <= PLAY_MIB,
        ),
    ]


def _versions(story: Article, count: int) -> None:
    """So many further versions of `story`, sealed as the site does it."""
    last = Version.objects.filter(article=story).latest("number")
    chain = Seal.objects.latest("sequence")
    own = Seal.objects.filter(article=story).latest("story_sequence")
    sequence, site = chain.sequence, chain.site_hash
    story_sequence, story_hash = own.story_sequence, own.story_hash
    pk, number, now = last.pk, last.number, timezone.now()
    same = {
        name: getattr(last, name)
        for name in "article_id headline dek content body_html words_hash layout_hash".split()
    }
    for begun in range(0, count, BATCH):
        versions, seals = [], []
        for _ in range(min(BATCH, count - begun)):
            pk, number, sequence, story_sequence = (
                *(pk + 1, number + 1),
                *(sequence + 1, story_sequence + 1),
            )
            moment = now + timedelta(seconds=number)
            version = Version(
                pk=pk,
                number=number,
                change=Change.LAYOUT,
                salt=new_salt(),
                **same,
                published_at=moment,
                recorded_at=moment,
            )
            committed = commitment_of(version)
            story_hash = next_story_hash(story_hash, story.pk, story_sequence, committed)
            site = next_site_hash(site, sequence, story_hash)
            versions.append(version)
            seals.append(
                Seal(
                    sequence=sequence,
                    article_id=story.pk,
                    story_sequence=story_sequence,
                    version_id=pk,
                    commitment=committed,
                    story_hash=story_hash,
                    site_hash=site,
                    recorded_at=moment,
                )
            )
        Version.objects.bulk_create(versions)
        Seal.objects.bulk_create(seals)
    Article.objects.filter(pk=story.pk).update(current_version_id=pk)


def _verified() -> tuple[float, float]:
    """Seconds, and by how many MiB this process grew at its largest."""
    process = psutil.Process()
    before = process.memory_info().rss
    most = before

    def look(_links: int) -> None:
        nonlocal most
        most = max(most, process.memory_info().rss)

    began = time.perf_counter()
    differences = [str(each) for each in verify_record(progress=look)]
    taken = time.perf_counter() - began
    if differences:
        raise RuntimeError(f"The bench's record differs: {differences[0]}")
    return taken, (most - before) / MIB
