"""What an editor is promised of the form: it asks before, and keeps what was said."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from articles.corrections import pending
from articles.models import Article, Change, Correction, Section, Version
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.articles.desk_form import PUBLISH, byline, create, credit, errors, save, typed

pytestmark = pytest.mark.django_db

TORONTO = ZoneInfo("America/Toronto")


@pytest.fixture
def kiln(desk: Client, energy: Section) -> Article:
    data = typed("The kiln goes cold", "It burned four cords.", slug="kiln")
    assert errors(create(desk, energy, data)) == {}
    return Article.objects.get(slug="kiln")


def test_a_story_typed_and_published_is_public(desk: Client, energy: Section) -> None:
    ann, bo = newsroom.person("Ann Bell", "ann-bell"), newsroom.person("Bo Cray", "bo-cray")
    data = typed("Ice", "One.", "Two.", slug="ice", people=(byline(ann), credit(bo)))
    assert errors(create(desk, energy, data)) == {}
    page = desk.get(Article.objects.get(slug="ice").url).content.decode()
    assert "<p>One.</p>" in page
    assert "Ann Bell" in page
    assert "With files from" in page


def test_changed_words_are_not_published_without_a_word_about_it(
    desk: Client, kiln: Article
) -> None:
    data = typed("The kiln goes cold", "It burned five cords.", slug="kiln")
    refused = errors(save(desk, kiln, data, **PUBLISH))
    assert list(refused) == ["entry_0_kind"]
    assert "“four”" in str(refused)
    assert "“five”" in str(refused)
    kiln.refresh_from_db()
    assert kiln.versions.count() == 1
    assert "four cords" in desk.get(kiln.url).content.decode()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("It burned five cords.", "Was “four”, would be “five”."),
        ("It burned four big cords.", "Added: “big”."),
        ("It burned cords.", "Taken out: “four”."),
    ],
)
def test_who_changed_words_is_told_which(
    desk: Client, kiln: Article, words: str, told: str
) -> None:
    data = typed("The kiln goes cold", words, slug="kiln")
    page = save(desk, kiln, data, **PUBLISH).content.decode()
    assert told in page


def test_an_explained_change_is_published_with_its_entry_to_the_minute(
    desk: Client, kiln: Article, editor: Reader
) -> None:
    data = typed(
        "The kiln goes cold",
        "It burned five cords.",
        slug="kiln",
        entry_0_kind="correction",
        entry_0_was="We said four cords.",
        entry_0_now="It burned five.",
    )
    assert errors(save(desk, kiln, data, **PUBLISH)) == {}
    entry = Correction.objects.get()
    assert (entry.kind, entry.was, entry.now) == (
        "correction",
        "We said four cords.",
        "It burned five.",
    )
    assert (entry.issued_at.second, entry.issued_at.microsecond) == (0, 0)
    assert entry.signature == editor.public_name
    assert (entry.before.number, entry.after.number) == (1, 2)
    page = desk.get(kiln.url).content.decode()
    assert "We said four cords." in page
    assert "five cords" in page


def test_an_editor_says_when_the_newsroom_noticed_the_error(desk: Client, kiln: Article) -> None:
    def corrected(noticed: datetime) -> dict[str, list[str]]:
        said = {"entry_0_kind": "correction", "entry_0_was": "Four.", "entry_0_now": "Five."}
        when = f"{timezone.localtime(noticed):%Y-%m-%dT%H:%M}"
        data = typed(
            "The kiln goes cold",
            "It burned five cords.",
            slug="kiln",
            **said,
            entry_0_noticed=when,
        )
        return errors(save(desk, kiln, data, **PUBLISH))

    first = kiln.first_published_at
    assert "not come yet" in corrected(timezone.now() + timedelta(hours=1))["entry_0_noticed"][0]
    assert "not public yet" in corrected(first - timedelta(hours=1))["entry_0_noticed"][0]
    assert Version.objects.filter(article=kiln).count() == 1
    begun = desk.get(f"/desk/pages/{kiln.pk}/edit/").content.decode()
    assert "perhaps the error was noticed then" not in begun
    save(desk, kiln, typed("The kiln goes cold", "It burned five cords.", slug="kiln"))
    begun = desk.get(f"/desk/pages/{kiln.pk}/edit/").content.decode()
    assert "perhaps the error was noticed then" in begun
    assert corrected(timezone.now()) == {}
    noticed = Correction.objects.get().noticed_at
    assert noticed is not None
    assert timezone.now() - noticed < timedelta(minutes=2)


def test_several_entries_explain_one_publication(desk: Client, kiln: Article) -> None:
    data = typed(
        "The kiln is cold",
        "It burned five cords.",
        slug="kiln",
        entry_0_kind="clarification",
        entry_0_now="The headline is clearer.",
        entry_2_kind="correction",
        entry_2_was="Four.",
        entry_2_now="Five.",
    )
    assert errors(save(desk, kiln, data, **PUBLISH)) == {}
    assert list(Correction.objects.order_by("number").values_list("number", "kind")) == [
        (1, "clarification"),
        (2, "correction"),
    ]


def test_a_minor_edit_needs_its_reason(desk: Client, kiln: Article) -> None:
    data = typed("The kiln goes cold", "It burned four chords.", slug="kiln", minor_reason="  ")
    assert list(errors(save(desk, kiln, data, **PUBLISH))) == ["entry_0_kind"]
    data["minor_reason"] = "A letter too many."
    assert errors(save(desk, kiln, data, **PUBLISH)) == {}
    last = kiln.versions.latest("number")
    assert (last.change, last.minor_reason) == (Change.MINOR, "A letter too many.")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"entry_0_kind": "correction", "entry_0_now": "Five."}, "entry_0_was"),
        ({"entry_0_kind": "update", "entry_0_was": "Four."}, "entry_0_now"),
        ({"entry_0_was": "Four.", "entry_0_now": "Five."}, "entry_0_kind"),
        (
            {"entry_1_kind": "update", "entry_1_now": "x", "entry_1_at": "2999-01-01T10:00"},
            "entry_1_at",
        ),
        (
            {"entry_1_kind": "update", "entry_1_now": "x", "entry_1_at": "yesterday"},
            "entry_1_at",
        ),
        (
            {"entry_0_kind": "update", "entry_0_now": "x", "entry_0_at": "2026-03-08T02:30"},
            "entry_0_at",
        ),
        ({"entry_0_kind": "lie", "entry_0_now": "x"}, "entry_0_kind"),
    ],
)
def test_an_incomplete_entry_is_asked_for_beside_its_field(
    desk: Client, kiln: Article, said: dict[str, str], field: str
) -> None:
    data = typed("The kiln goes cold", "It burned five cords.", slug="kiln", **said)
    assert field in errors(save(desk, kiln, data, **PUBLISH))
    assert kiln.versions.count() == 1


def test_what_was_said_is_kept_with_the_draft_however_unfinished(
    desk: Client, kiln: Article
) -> None:
    data = typed("The kiln goes cold", "Five.", slug="kiln", entry_1_was="We said four")
    assert errors(save(desk, kiln, data)) == {}
    draft = Article.objects.get().get_latest_revision_as_object()
    assert [entry.was for entry in pending(draft).entries] == ["We said four"]
    page = desk.get(f"/desk/pages/{kiln.pk}/edit/").content.decode()
    assert "We said four" in page
    assert "<del>" in page


def test_what_was_said_about_an_earlier_version_does_not_count_again(
    desk: Client, kiln: Article
) -> None:
    said = {"entry_0_kind": "update", "entry_0_now": "Five."}
    save(desk, kiln, typed("The kiln goes cold", "Five.", slug="kiln", **said), **PUBLISH)
    assert not pending(Article.objects.get().get_latest_revision_as_object())
    again = typed("The kiln goes cold", "Six.", slug="kiln")
    assert list(errors(save(desk, kiln, again, **PUBLISH))) == ["entry_0_kind"]


def test_changed_bylines_are_changed_words(desk: Client, kiln: Article) -> None:
    ann = newsroom.person("Ann Bell", "ann-bell")
    data = typed("The kiln goes cold", "It burned four cords.", slug="kiln", people=(byline(ann),))
    refused = errors(save(desk, kiln, data, **PUBLISH))
    assert "Ann Bell" in str(refused["entry_0_kind"])


def test_an_entry_without_a_change_is_refused(desk: Client, kiln: Article) -> None:
    said = {"entry_0_kind": "update", "entry_0_now": "Nothing."}
    data = typed("The kiln goes cold", "It burned four cords.", slug="kiln", **said)
    assert list(errors(save(desk, kiln, data, **PUBLISH))) == ["entry_0_kind"]


def test_a_retraction_needs_no_changed_word(desk: Client, kiln: Article) -> None:
    said = {"entry_0_kind": "retraction", "entry_0_now": "We could not stand by it."}
    data = typed("The kiln goes cold", "It burned four cords.", slug="kiln", **said)
    assert errors(save(desk, kiln, data, **PUBLISH)) == {}
    assert kiln.versions.latest("number").change == Change.EXPLAINED
    assert "We could not stand by it." in desk.get(kiln.url).content.decode()


def test_a_scheduled_change_is_asked_about_when_it_is_scheduled(
    desk: Client, kiln: Article
) -> None:
    tomorrow = timezone.localtime(timezone.now() + timedelta(days=1), TORONTO)
    data = typed(
        "The kiln goes cold", "Five.", slug="kiln", go_live_at=f"{tomorrow:%Y-%m-%d %H:%M}"
    )
    assert list(errors(save(desk, kiln, data, **PUBLISH))) == ["entry_0_kind"]
    data |= {"entry_0_kind": "update", "entry_0_now": "Five."}
    assert errors(save(desk, kiln, data, **PUBLISH)) == {}
    kiln.refresh_from_db()
    assert kiln.scheduled_revision is not None
    assert kiln.versions.count() == 1


def test_the_time_is_the_newsrooms_wherever_the_editor_is(
    desk: Client, kiln: Article, editor: Reader
) -> None:
    from wagtail.users.models import UserProfile

    UserProfile.objects.update_or_create(user=editor, defaults={"current_time_zone": "Asia/Tokyo"})
    said = {"entry_0_kind": "update", "entry_0_now": "Five.", "entry_0_at": "2022-12-13T10:50"}
    save(desk, kiln, typed("The kiln goes cold", "Five.", slug="kiln", **said), **PUBLISH)
    assert Correction.objects.get().issued_at == datetime(2022, 12, 13, 10, 50, tzinfo=TORONTO)


def test_a_lead_picture_needs_alt_text_and_credit_to_be_published(
    desk: Client, energy: Section
) -> None:
    image = newsroom.image()
    data = typed("Ice", "One.", slug="ice", lead_image=image.pk)
    assert set(errors(create(desk, energy, data))) == {"lead_image_alt", "lead_image_credit"}
    data |= {"lead_image_alt": "A red square", "lead_image_credit": "Ann Bell"}
    assert errors(create(desk, energy, data)) == {}


def test_the_desk_shows_the_preview_beside_the_form_and_readers_pages_stand_in_no_frame(
    desk: Client, kiln: Article
) -> None:
    address = f"/desk/pages/{kiln.pk}/edit/preview/"
    desk.post(address, typed("The kiln goes cold", "It burned five cords.", slug="kiln"))
    shown = desk.get(f"{address}?in_preview_panel=true")
    assert "five cords" in shown.content.decode()
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in desk.get(kiln.url)["Content-Security-Policy"]


def test_the_preview_shows_what_lists_cut_the_picture_to(desk: Client, kiln: Article) -> None:
    image = newsroom.image(width=1200, height=1600)
    address = f"/desk/pages/{kiln.pk}/edit/preview/"
    said = {"lead_image": image.pk, "lead_image_alt": "Red.", "lead_image_credit": "A. Bell"}
    shown = []
    for focus in ((600, 100), (600, 1500)):
        image.focal_point_x, image.focal_point_y = focus
        image.focal_point_width = image.focal_point_height = 50
        image.save()
        desk.post(address, typed("The kiln is warm", "It burned.", slug="kiln", **said))
        page = desk.get(f"{address}?mode=lists&in_preview_panel=true").content.decode()
        assert "The kiln is warm" in page
        # On top of the front page and among others.
        [crop] = set(re.findall(r'class="card-image" src="([^"]+)"', page))
        shown.append(crop)
    assert shown[0] != shown[1]
    assert "In lists" in desk.get(f"/desk/pages/{kiln.pk}/edit/").content.decode()
    # On the story's own page the picture is whole.
    assert shown[1] not in desk.get(f"{address}?in_preview_panel=true").content.decode()
