"""No reader gets the old words for more than five seconds, whatever they ask and however many ask:
two processes of the site with their page caches, under load, on one database and one Redis."""

import json
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import requests
from django.db import transaction

from articles.comments import approve, reject, write_comment
from articles.corrections import Entry, Record
from articles.models import Article, Kind
from newsroom.demo import launch
from newsroom.edge import generation, purges
from newsroom.edge.models import Purge
from newsroom.engines.schema import CHECKOUT
from tests.articles import newsroom
from tests.campaigns_made import a_campaign
from tests.stack import Stack
from tests.waiting import wait_until

# The promise. It is an upper bound of staleness, not of speed: what is measured is when the last
# old page was asked for.
OLD_WORDS_SECONDS = 5.0
PATIENCE = 60
READERS = 3


@dataclass
class Reader:
    """Asks one address of one process again and again; `seen` is (when asked, what came)."""

    url: str
    stop: threading.Event
    seen: list[tuple[float, int, str, bool]] = field(default_factory=list)

    def read(self) -> None:
        with requests.Session() as session:
            while not self.stop.is_set():
                asked = time.monotonic()
                answer = session.get(self.url, timeout=30, allow_redirects=False)
                kept = "Age" in answer.headers
                self.seen.append((asked, answer.status_code, answer.text, kept))


@contextmanager
def process_of_the_site(stack: Stack) -> Iterator[str]:
    """Another process of the site, with its page cache on; its address."""
    ports = launch.Ports(launch.free_port(), stack.ports.sandbox, stack.ports.smtp)
    with (stack.state / f"site-{ports.site}.log").open("ab") as log:
        process = subprocess.Popen(
            launch.commands(ports, stack.state)["site"],
            cwd=CHECKOUT,
            env=stack.env | {"WAYLIGHT_PAGE_CACHE_MIB": "16"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        wait_until(lambda: launch.answers_well(f"{ports.site_url}/readyz"), PATIENCE, "the site")
        yield ports.site_url
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def sites(stack_db: Stack) -> Iterator[list[str]]:
    with ExitStack() as running:
        yield [running.enter_context(process_of_the_site(stack_db)) for _ in range(2)]


@contextmanager
def under_load(sites: list[str], path: str) -> Iterator[list[Reader]]:
    """Readers of every process, until the block ends; it begins once each had a kept page."""
    stop = threading.Event()
    readers = [Reader(f"{site}{path}", stop) for site in sites for _ in range(READERS)]
    threads = [threading.Thread(target=reader.read, daemon=True) for reader in readers]
    for thread in threads:
        thread.start()
    try:
        wait_until(
            lambda: all(reader.seen and reader.seen[-1][3] for reader in readers),
            PATIENCE,
            "every reader gets a kept page",
        )
        yield readers
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)


def changed_within_the_promise(
    sites: list[str], path: str, change: Callable[[], object], is_old: Callable[[str], bool]
) -> None:
    """Do `change` under load; nobody who asks five seconds after it gets what `is_old` says is
    old."""
    with under_load(sites, path) as readers:
        assert all(is_old(reader.seen[-1][2]) for reader in readers)
        change()
        changed = time.monotonic()
        wait_until(
            lambda: all(
                reader.seen[-1][0] > changed + OLD_WORDS_SECONDS + 1
                and not is_old(reader.seen[-1][2])
                for reader in readers
            ),
            PATIENCE,
            "every reader gets the new page",
        )
    for reader in readers:
        late = [
            asked - changed
            for asked, _status, text, _kept in reader.seen
            if is_old(text) and asked > changed + OLD_WORDS_SECONDS
        ]
        assert late == [], reader.url
        assert {status for _asked, status, _text, _kept in reader.seen} <= {200, 410}


def a_story(mark: str) -> Article:
    under = newsroom.section(f"Ice {mark}", f"ice-{mark}")
    words = newsroom.body(newsroom.text(f"Four cords {mark}."))
    return newsroom.story(under, f"Ice {mark}", body=words)


def correct(story: Article, mark: str) -> None:
    newsroom.edit(
        story,
        body=newsroom.body(newsroom.text(f"Five cords {mark}.")),
        record=Record([Entry(Kind.CORRECTION, "It was fewer.", "It is more.")]),
    )


def test_a_corrected_story_is_read_corrected_by_all_in_five_seconds(
    stack_db: Stack, sites: list[str]
) -> None:
    mark = uuid.uuid4().hex[:8]
    story = a_story(mark)
    changed_within_the_promise(
        sites, story.url, lambda: correct(story, mark), lambda text: f"Four cords {mark}" in text
    )


def test_a_removed_story_is_read_by_nobody_after_five_seconds(
    stack_db: Stack, sites: list[str]
) -> None:
    mark = uuid.uuid4().hex[:8]
    story = a_story(mark)
    changed_within_the_promise(
        sites,
        story.url,
        lambda: newsroom.unpublish(story),
        lambda text: f"Four cords {mark}" in text,
    )


def test_a_new_story_stands_in_its_section_and_a_comment_under_its_story_in_five_seconds(
    stack_db: Stack, sites: list[str]
) -> None:
    mark = uuid.uuid4().hex[:8]
    story = a_story(mark)
    section = story.get_parent().specific
    changed_within_the_promise(
        sites,
        section.url,
        lambda: newsroom.story(section, f"The thaw {mark}"),
        lambda text: f"The thaw {mark}" not in text,
    )
    reader = newsroom.editor("Bea", is_superuser=False, is_staff=False)
    editor = newsroom.editor()
    comment = write_comment(story, reader, f"I remember {mark}.", datetime.now(UTC))
    shown = f"I remember {mark}"
    changed_within_the_promise(
        sites,
        story.url,
        lambda: approve(comment, editor, datetime.now(UTC)),
        lambda text: shown not in text,
    )
    changed_within_the_promise(
        sites,
        story.url,
        lambda: reject(comment, editor, "Not civil.", datetime.now(UTC)),
        lambda text: shown in text,
    )


def test_a_campaigns_goal_and_its_end_are_seen_in_five_seconds(
    stack_db: Stack, sites: list[str]
) -> None:
    campaign = a_campaign(goal=7_700_000)

    def goal_moves() -> None:
        campaign.goal = 8_800_000
        campaign.save()

    changed_within_the_promise(
        sites,
        campaign.get_absolute_url(),
        goal_moves,
        lambda text: "$77,000" in text and "$88,000" not in text,
    )
    # The deadline comes by itself: nobody saves anything at that moment.
    ends = datetime.now(UTC) + timedelta(seconds=8)
    campaign.ends_at = ends
    campaign.save()
    path = f"{campaign.get_absolute_url()}progress.json"
    with under_load(sites, path):
        pass
    wait_until(
        lambda: Purge.objects.filter(
            key=f"campaign:{campaign.pk}:ends_at:{campaign.ends_at.isoformat()}", sent_at__gt=ends
        ).exists(),
        PATIENCE,
        "the end of the campaign is purged",
    )
    assert json.loads(requests.get(f"{sites[0]}{path}", timeout=20).text)["goal"] == 8_800_000


def test_a_change_whose_message_was_lost_and_whose_process_died_is_seen_in_five_seconds(
    stack_db: Stack, sites: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the process had been killed between the commit and what follows it."""
    mark = uuid.uuid4().hex[:8]
    story = a_story(mark)

    def and_die() -> None:
        with monkeypatch.context() as killed, transaction.atomic():
            killed.setattr(purges, "_changed", lambda: None)
            killed.setattr(generation, "advance", lambda: False)
            correct(story, mark)

    changed_within_the_promise(sites, story.url, and_die, lambda text: f"Four cords {mark}" in text)


def test_a_purge_that_a_killed_worker_held_and_redis_forgot_is_sent(
    stack_db: Stack, sites: list[str]
) -> None:
    mark = uuid.uuid4().hex[:8]
    story = a_story(mark)
    stack_db.kill_worker()
    try:
        correct(story, mark)
        stack_db.flush_redis()
        owed = Purge.objects.filter(paths__contains=[story.url], sent_at=None)
        assert owed.exists()
    finally:
        stack_db.start_worker()
    wait_until(lambda: not owed.exists(), purges.LEASE.seconds + PATIENCE, "the purge is sent")
    text = requests.get(f"{sites[0]}{story.url}", timeout=20).text
    assert f"Five cords {mark}" in text
