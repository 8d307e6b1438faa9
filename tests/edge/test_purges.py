"""What a change makes old is owed with it, and every cache is told of it sooner or later."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from articles.comments import approve, reject, write_comment
from articles.corrections import Entry, Record
from articles.models import Article, FrontPage, Kind, Topic
from articles.purging import owe_closed_comments
from articles.reports import Wish, close_corrected, close_unchanged, report_error
from campaigns.models import Campaign, Match
from campaigns.purging import owe_turns
from newsroom.branding.models import Branding
from newsroom.edge import generation, purges
from newsroom.edge.models import Purge
from newsroom.edge.tasks import send_purges
from tests.articles import newsroom
from tests.campaigns_made import a_campaign
from tests.edge.cdn import Cdn, running_cdn

DEAD_REDIS = "redis://127.0.0.1:1/0"
pytestmark = pytest.mark.django_db


@pytest.fixture
def cdn() -> Iterator[Cdn]:
    with running_cdn() as running:
        yield running


@pytest.fixture
def nginx(cdn: Cdn, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Cdn:
    monkeypatch.setattr(purges, "SETTLE_SECONDS", 0)
    settings.EDGE_CACHES = {
        "nginx": {"BACKEND": "newsroom.edge.caches.PurgeCache", "LOCATION": cdn.url}
    }
    return cdn


@pytest.fixture
def cloudflare(cdn: Cdn, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Cdn:
    monkeypatch.setattr(purges, "SETTLE_SECONDS", 0)
    settings.EDGE_CACHES = {
        "cloudflare": {
            "BACKEND": "newsroom.edge.caches.CloudflareCache",
            "ZONEID": "z1",
            "BEARER_TOKEN": "secret-token",
            "API_BASE": f"{cdn.url}/client/v4",
        }
    }
    return cdn


def owed() -> set[str]:
    """The addresses of all that is owed; what was owed before is forgotten."""
    paths = {path for purge in purges.waiting_purges() for path in purge.paths}
    Purge.objects.all().delete()
    return paths


@pytest.fixture
def story() -> Article:
    writer = newsroom.person("Odile Perrin", "odile")
    made = newsroom.story(
        newsroom.section(),
        slug="kiln",
        writers=(writer,),
        body=newsroom.body(
            newsroom.text("Four cords."),
            {"type": "pull_quote", "value": {"quote": "We wrote it.", "attribution": "She"}},
        ),
    )
    owed()
    return made


def correct(story: Article) -> None:
    newsroom.edit(
        story,
        body=newsroom.body(newsroom.text("Five cords.")),
        record=Record([Entry(Kind.CORRECTION, "It was four.", "It is five.")]),
    )


def test_a_correction_purges_the_story_and_every_list_it_stands_in(story: Article) -> None:
    correct(story)
    path = story.url
    expected = {
        path,
        *(f"{path}{end}" for end in ("history/", "history/1-2/", "comments/", "report/")),
        *(f"{path}{end}" for end in ("quote/1/", "quote/2-1.png", "card/1.png", "card/2.png")),
        *("/", "/feed.atom", "/feed.json", "/energy/", "/energy/feed.atom", "/energy/feed.json"),
        *("/energy/corrections.atom", "/energy/corrections.json", "/people/odile/"),
        *("/corrections/", "/corrections/feed.atom", "/corrections/feed.json"),
        *("/corrections/log.json", "/sitemap.xml", "/news-sitemap.xml"),
    }
    assert expected - owed() == set()


def test_a_change_that_did_not_happen_purges_nothing(story: Article) -> None:
    with transaction.atomic():
        correct(story)
        transaction.set_rollback(True)
    assert owed() == set()


def test_a_new_slug_purges_the_old_address_too(story: Article) -> None:
    before = story.url
    story.slug = "cold-kiln"
    newsroom.edit(story, record=Record(minor_reason="A better address."))
    assert {before, Article.objects.get(pk=story.pk).url} <= owed()


def test_a_section_and_a_topic_that_a_story_leaves_are_purged_with_those_it_enters(
    story: Article,
) -> None:
    other = newsroom.section("Harbour", "harbour")
    topic = Topic.objects.create(name="Wood", slug="wood")
    owed()
    story.move(other, pos="last-child")
    assert {"/energy/", "/harbour/"} <= owed()
    story = Article.objects.get(pk=story.pk)
    story.topics = [topic]
    newsroom.edit(story, record=Record(minor_reason="A topic."))
    assert "/topics/wood/" in owed()


def test_a_removed_story_and_what_listed_it_are_purged(story: Article) -> None:
    path = story.url
    newsroom.unpublish(story)
    assert {path, f"{path}history/", "/", "/energy/", "/sitemap.xml", "/people/odile/"} <= owed()


def test_a_comment_is_purged_when_readers_see_or_lose_it_and_not_before(story: Article) -> None:
    reader = newsroom.editor("Bea", is_superuser=False, is_staff=False)
    editor, now = newsroom.editor(), datetime.now(UTC)
    held = write_comment(story, reader, "I remember that winter.", now)
    assert owed() == set()
    # The last one quotes it to whoever reports it.
    shown = {story.url, f"{story.url}comments/", f"{story.url}comments/{held.pk}/report/"}
    approve(held, editor, now)
    assert owed() == shown
    reject(held, editor, "Not civil.", now)
    assert owed() == shown
    approve(held, editor, now)
    assert owed() == shown


def test_an_entry_that_a_report_led_to_is_purged_when_the_report_is_closed_with_it(
    story: Article,
) -> None:
    told = report_error(story, Wish("Four cords.", "It was five."), datetime.now(UTC))
    correct(story)
    owed()
    close_corrected(told, story.corrections.get(), newsroom.editor(), datetime.now(UTC))
    shown = {story.url, "/corrections/", "/corrections/feed.atom", "/energy/corrections.json"}
    assert shown <= owed()


def test_a_report_that_changes_no_page_purges_nothing(story: Article) -> None:
    told = report_error(story, Wish("Four cords.", "It was five."), datetime.now(UTC))
    close_unchanged(told, "The ledger says four.", newsroom.editor(), datetime.now(UTC))
    assert owed() == set()


def test_a_campaign_and_its_match_purge_the_pages_that_show_it(story: Article) -> None:
    campaign = a_campaign(on_articles=True, slug="ice")
    expected = {"/campaigns/ice/", "/campaigns/ice/progress.json", "/give/ice/", "/give/"}
    assert expected | {"/fr/campaigns/ice/", "/fr/give/ice/", story.url} <= owed()
    campaign.goal += 1
    campaign.save()
    assert expected <= owed()
    Match.objects.create(
        campaign=campaign, sponsor="A. Mill", cap=1000, starts_at=datetime.now(UTC)
    )
    assert expected <= owed()


def test_what_stands_on_every_page_purges_the_pages(story: Article) -> None:
    branding = Branding.load()
    branding.name = "Tidewire"
    branding.save()
    assert {"/", "/energy/", story.url} <= owed()
    front = FrontPage.objects.get(locale__language_code="en")
    front.title = "Front"
    front.save_revision().publish()
    assert {"/", "/energy/", story.url} <= owed()


def test_what_the_clock_alone_changes_is_purged_once_at_its_moment(story: Article) -> None:
    campaign = a_campaign(slug="ice")
    owed_keys = set(Purge.objects.values_list("key", flat=True))
    owe_turns(campaign.ends_at - timedelta(seconds=1))
    assert set(Purge.objects.values_list("key", flat=True)) == owed_keys
    for seconds in (0, 2, 4):
        owe_turns(campaign.ends_at + timedelta(seconds=seconds))
    new = Purge.objects.exclude(key__in=owed_keys)
    assert [purge.key for purge in new] == [
        f"campaign:{campaign.pk}:ends_at:{campaign.ends_at.isoformat()}"
    ]
    assert "/campaigns/ice/" in new[0].paths
    # The deadline moved, and comes again.
    Campaign.objects.filter(pk=campaign.pk).update(ends_at=campaign.ends_at + timedelta(days=1))
    owe_turns(campaign.ends_at + timedelta(days=1, seconds=1))
    assert new.all().count() == 2


def test_comments_that_close_by_themselves_are_purged_at_that_moment(story: Article) -> None:
    branding = Branding.load()
    branding.comments_days = 3
    branding.save()
    owed()
    closes = Article.objects.get(pk=story.pk).first_published_at + timedelta(days=3)
    owe_closed_comments(closes - timedelta(seconds=1))
    assert owed() == set()
    owe_closed_comments(closes + timedelta(seconds=1))
    owe_closed_comments(closes + timedelta(seconds=3))
    assert Purge.objects.count() == 1
    assert owed() == {story.url, f"{story.url}comments/"}


def test_one_change_is_owed_once() -> None:
    assert purges.owe("a:1", ["/b/", "/a/", "/a/", "elsewhere"])
    assert not purges.owe("a:1", ["/c/"])
    assert Purge.objects.get().paths == ["/a/", "/b/"]


def test_sending_begins_another_generation_and_tells_nginx_each_address(nginx: Cdn) -> None:
    before = generation.current()
    purges.owe("a:1", ["/a/", "/b/?page=2"])
    send_purges()
    assert generation.current() != before
    assert [(each.method, each.path) for each in nginx.asked] == [
        ("PURGE", "/a/"),
        ("PURGE", "/b/?page=2"),
    ]
    assert nginx.asked[0].headers["Host"].startswith("localhost")
    assert purges.waiting_purges().count() == 0
    assert Purge.objects.get().sent_at is not None


def test_nginx_that_did_not_have_a_page_has_nothing_left_to_do(nginx: Cdn) -> None:
    nginx.answers = [(404, b""), (412, b"")]
    purges.owe("a:1", ["/a/", "/b/"])
    send_purges()
    assert purges.waiting_purges().count() == 0


def test_fastly_is_told_with_its_key(cdn: Cdn, settings: Settings) -> None:
    settings.EDGE_CACHES = {
        "fastly": {
            "BACKEND": "newsroom.edge.caches.PurgeCache",
            "LOCATION": cdn.url,
            "HEADERS": {"Fastly-Key": "a-key"},
        }
    }
    purges.owe("a:1", ["/a/"])
    send_purges()
    assert cdn.asked[0].headers["Fastly-Key"] == "a-key"


def test_cloudflare_is_told_whole_addresses_thirty_at_a_time(
    cloudflare: Cdn, settings: Settings
) -> None:
    purges.owe("a:1", [f"/{number:02}/" for number in range(35)])
    send_purges()
    first, second = cloudflare.asked
    assert (first.method, first.path) == ("POST", "/client/v4/zones/z1/purge_cache")
    assert first.headers["Authorization"] == "Bearer secret-token"
    assert first.body["files"][0] == f"{settings.BASE_URL}/00/"
    assert (len(first.body["files"]), len(second.body["files"])) == (30, 5)


@pytest.mark.parametrize(
    "trouble",
    [
        (500, b"sorry"),
        (429, b"slower"),
        (403, b'{"success": false, "errors": [{"message": "token"}]}'),
        (200, b'{"success": false, "errors": [{"message": "zone"}]}'),
        (200, b"no JSON"),
        (200, b"[]"),
    ],
)
def test_what_a_cache_did_not_take_is_tried_again_until_it_does(
    cloudflare: Cdn, trouble: tuple[int, bytes]
) -> None:
    cloudflare.answers = [trouble]
    purges.owe("a:1", ["/a/"])
    send_purges()
    waiting = Purge.objects.get()
    assert (waiting.sent_at, waiting.attempts) == (None, 1)
    assert "cloudflare" in waiting.last_error
    assert "secret-token" not in waiting.last_error
    assert waiting.next_attempt_at > timezone.now()
    assert purges.send_due(waiting.next_attempt_at + timedelta(seconds=1)) == 1
    assert Purge.objects.get().sent_at is not None
    assert len(cloudflare.asked) == 2


def test_a_cache_that_is_away_holds_up_no_other(nginx: Cdn, settings: Settings) -> None:
    settings.EDGE_CACHES = {
        "away": {
            "BACKEND": "newsroom.edge.caches.PurgeCache",
            "LOCATION": "http://127.0.0.1:1",
        },
        **settings.EDGE_CACHES,
    }
    purges.owe("a:1", ["/a/"])
    send_purges()
    assert nginx.purged == ["/a/"]
    assert "away: 127.0.0.1:1 did not answer" in Purge.objects.get().last_error


def test_without_redis_the_caches_are_told_and_the_purge_stays_owed(
    nginx: Cdn, settings: Settings
) -> None:
    purges.owe("a:1", ["/a/"])
    settings.REDIS_URL = DEAD_REDIS
    send_purges()
    assert nginx.purged == ["/a/"]
    assert "Redis" in Purge.objects.get().last_error


def test_what_a_killed_worker_held_is_sent_when_its_lease_is_over(nginx: Cdn) -> None:
    purges.owe("a:1", ["/a/"])
    now = timezone.now() + timedelta(seconds=1)

    def killed() -> bool:
        raise SystemExit

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generation, "advance", killed)
        with pytest.raises(SystemExit):
            purges.send_due(now)
    assert purges.send_due(now) == 0
    assert purges.send_due(now + purges.LEASE + timedelta(seconds=1)) == 1
    assert nginx.purged == ["/a/"]


def test_a_purge_that_nobody_takes_is_given_up_seen_and_can_be_tried_again(nginx: Cdn) -> None:
    nginx.answers = [(500, b"")] * purges.MAX_ATTEMPTS
    purges.owe("a:1", ["/a/"])
    now = timezone.now()
    for _ in range(purges.MAX_ATTEMPTS + 3):
        now += timedelta(hours=1)
        purges.send_due(now)
    assert len(nginx.asked) == purges.MAX_ATTEMPTS
    failed = purges.failed_purges().get()
    assert purges.try_again([failed.pk]) == 1
    send_purges()
    assert purges.failed_purges().count() == 0
    assert Purge.objects.get().sent_at is not None


def test_what_was_sent_a_week_ago_is_forgotten_and_what_is_owed_is_not() -> None:
    old = timezone.now() - timedelta(days=8)
    for key in ("sent", "owed"):
        purges.owe(key, ["/a/"])
    Purge.objects.update(created_at=old)
    Purge.objects.filter(key="sent").update(sent_at=old)
    assert purges.forget_old(timezone.now()) == 1
    assert Purge.objects.get().key == "owed"


def test_an_address_with_accents_is_purged_as_browsers_ask_for_it(nginx: Cdn) -> None:
    purges.owe("accents", ["/fr/2026/11/25/épopée/"])
    send_purges()
    assert "/fr/2026/11/25/%C3%A9pop%C3%A9e/" in {each.path for each in nginx.asked}
    assert not purges.waiting_purges().exists()


def test_who_changes_the_name_beside_comments_or_goes_owes_the_stories_pages(
    story: Article,
) -> None:
    reader = newsroom.editor("Bea", is_superuser=False, is_staff=False)
    comment = write_comment(story, reader, "I remember it.", datetime.now(UTC))
    approve(comment, newsroom.editor(), datetime.now(UTC))
    owed()
    reader.save(update_fields=["last_login"])
    reader.save()
    assert owed() == set()
    reader.public_name = "Beatrice"
    reader.save()
    assert {story.url, f"{story.url}comments/"} <= owed()
    comment.delete()
    assert story.url in owed()
