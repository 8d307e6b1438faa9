"""Pictures are published with alt text, credit and a right to show them; when it ends, an editor
takes them out on the record."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from wagtail.images.models import Image

from articles.corrections import Entry, Record
from articles.going_public import Leaving, Refused
from articles.models import Article, Change, ImageRights, Kind, Section
from articles.picture_removal import take_out
from articles.picture_rights import (
    UnfitPicture,
    newsroom_day,
    shown_without_a_right,
    stories_showing,
)
from articles.publishing import publish
from articles.removals import withhold
from articles.scheduling import publish_what_is_due
from articles.verifying import verify_record
from newsroom.audit.models import AuditEntry
from newsroom.edge.models import Purge
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.articles.desk_form import create, errors, typed
from tests.articles.scheduled import let_the_time_come, scheduled

pytestmark = pytest.mark.django_db

LEAD = {"lead_image_alt": "A kiln at dusk.", "lead_image_credit": "Mara Lind"}


@pytest.fixture
def energy(db: None) -> Section:
    return newsroom.section()


@pytest.fixture
def editor(db: None) -> Reader:
    return newsroom.editor()


def ends(image: Image, days: int) -> date:
    """The right to show `image` ends that many days from today."""
    day = newsroom_day(timezone.now()) + timedelta(days=days)
    ImageRights.objects.update_or_create(image=image, defaults={"expires_on": day})
    return day


def in_body(image: Image, **fields: str) -> str:
    said = {"alt": "A kiln.", "caption": "", "credit": "Mara Lind", **fields}
    picture = {"type": "image", "value": {"image": image.pk, **said}}
    return newsroom.body(newsroom.text("The kiln is out."), picture)


@pytest.mark.parametrize("lacking", ["lead_image_alt", "lead_image_credit"])
def test_a_lead_picture_without_alt_text_or_credit_is_published_by_nobody(
    energy: Section, lacking: str
) -> None:
    draft = newsroom.draft(energy, lead_image=newsroom.image(), **(LEAD | {lacking: " "}))
    with pytest.raises(UnfitPicture):
        publish(draft, by=None)
    with pytest.raises(UnfitPicture):
        draft.get_latest_revision_as_object().save_revision().publish()
    assert not Article.objects.get(pk=draft.pk).live


@pytest.mark.parametrize("lacking", ["alt", "credit"])
def test_a_picture_in_the_body_without_alt_text_or_credit_is_published_by_nobody(
    energy: Section, lacking: str
) -> None:
    draft = newsroom.draft(energy, body=in_body(newsroom.image(), **{lacking: ""}))
    with pytest.raises(UnfitPicture, match=r"A red square"):
        publish(draft, by=None)


def test_a_picture_may_be_published_on_its_last_day_and_no_later(energy: Section) -> None:
    image = newsroom.image()
    ends(image, 0)
    assert newsroom.story(energy, lead_image=image, **LEAD).live
    ends(image, -1)
    with pytest.raises(UnfitPicture, match="ended on"):
        publish(newsroom.draft(energy, lead_image=image, **LEAD), by=None)


def test_a_story_is_not_scheduled_for_a_day_on_which_its_picture_has_no_right(
    energy: Section,
) -> None:
    image = newsroom.image()
    ends(image, 2)
    draft = newsroom.draft(energy, lead_image=image, **LEAD)
    draft.go_live_at = timezone.now() + timedelta(days=5)
    with pytest.raises(UnfitPicture):
        draft.save_revision().publish()
    publish_what_is_due()
    assert not Article.objects.get(pk=draft.pk).live


def test_a_story_whose_pictures_right_has_ended_can_still_be_corrected(energy: Section) -> None:
    image = newsroom.image()
    made = newsroom.story(energy, lead_image=image, **LEAD)
    ends(image, -1)
    newsroom.edit(made, dek="A kiln.", record=newsroom.Record(minor_reason="Style."))
    with pytest.raises(UnfitPicture):
        newsroom.edit(
            made, body=in_body(other := newsroom.image("Other")), record=_with_right_ended(other)
        )


def test_the_form_says_beside_the_picture_that_its_right_has_ended(
    energy: Section, editor: Reader, client: Client, settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    image = newsroom.image()
    ends(image, -1)
    lead = typed("Ice", "One.", slug="ice", **(LEAD | {"lead_image": image.pk}))
    assert "ended on" in errors(create(client, energy, lead))["lead_image"][0]
    block = ("image", {"image": image.pk, "alt": "A", "caption": "", "credit": "B"})
    inside = typed("Ice", slug="ice", blocks=[block])
    assert "ended on" in errors(create(client, energy, inside))["body"][0]
    assert not Article.objects.filter(slug="ice").exists()


def _with_right_ended(image: Image) -> Any:
    ends(image, -1)
    return newsroom.Record(minor_reason="A picture more.")


def test_taking_a_picture_out_is_a_version_with_its_reason_and_keeps_the_draft(
    energy: Section, editor: Reader
) -> None:
    image = newsroom.image()
    made = newsroom.story(energy, lead_image=image, body=in_body(image), **LEAD)
    ends(image, -1)
    made.title = "A headline still being written"
    made.save_revision(user=editor)
    assert [story.pk for story in stories_showing(image)] == [made.pk]

    version, _kept = take_out(made, image, by=editor)

    assert (version.number, version.change) == (2, Change.MINOR)
    assert "the right to show it ended on" in version.minor_reason
    assert version.content["lead_image"] is None
    assert [block["kind"] for block in version.content["body"]] == ["text"]
    assert stories_showing(image) == []
    page = Client().get(made.url).content.decode()
    assert "A kiln at dusk." not in page
    assert "A headline still being written" not in page
    draft = Article.objects.get(pk=made.pk).get_latest_revision_as_object()
    assert draft.title == "A headline still being written"
    assert draft.lead_image is None
    assert AuditEntry.objects.filter(verb="picture.taken_out").count() == 1


def test_a_scheduled_change_stays_scheduled_and_loses_the_picture_too(
    energy: Section, editor: Reader
) -> None:
    image = newsroom.image()
    made = newsroom.story(energy, lead_image=image, **LEAD)
    scheduled(made, "The kiln is warm", Record([Entry(Kind.UPDATE, "", "It is lit again.")]))
    ends(image, -1)
    _version, kept = take_out(made, image, by=editor)
    assert kept is not None
    assert kept.refusal == ""
    let_the_time_come(made)
    live = Article.objects.get(pk=made.pk)
    assert (live.title, live.lead_image, live.current_version.number) == (
        "The kiln is warm",
        None,
        3,
    )
    assert live.current_version.entries.get().now == "It is lit again."
    assert list(verify_record()) == []


@pytest.mark.parametrize("key", ["x", "", "\x00", "9" * 18, "²"])
def test_a_key_that_is_no_picture_is_not_found(editor: Reader, settings: Any, key: str) -> None:
    settings.STAFF_SECOND_FACTOR = False
    client = Client()
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    sent = {"image": key, "story": "1"}
    assert client.post("/desk/pictures-rights/", sent).status_code == 404


@pytest.mark.parametrize("place", ["lead", "body"])
def test_a_picture_that_a_version_shows_is_not_deleted(
    energy: Section, editor: Reader, settings: Any, place: str
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    shown, unused = newsroom.image("Shown"), newsroom.image("Unused")
    fields: dict[str, Any] = (
        {"lead_image": shown, **LEAD} if place == "lead" else {"body": in_body(shown)}
    )
    made = newsroom.story(energy, **fields)
    # The history still shows it.
    take_out(made, shown, by=editor)
    with pytest.raises(Refused, match="stays on the record"), transaction.atomic():
        shown.delete()
    client = Client()
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    for address in (
        f"/desk/images/{shown.pk}/delete/",
        f"/desk/bulk/wagtailimages/image/delete/?id={shown.pk}&id={unused.pk}",
    ):
        answer = client.post(address, follow=True)
        assert "stays on the record" in answer.content.decode()
        assert Image.objects.filter(pk=shown.pk).exists()
    unused.delete()
    assert not Image.objects.filter(pk=unused.pk).exists()


def test_a_picture_whose_version_was_withheld_can_go_with_its_files_and_addresses(
    energy: Section, editor: Reader
) -> None:
    shown = newsroom.image("Shown")
    made = newsroom.story(energy, body=in_body(shown))
    rendition = shown.get_rendition("width-400")
    take_out(made, shown, by=editor)
    second = newsroom.editor("Second Person")
    told = {"kind": "withheld", "ground": "law", "reason": "By a court's order."}
    withhold(made.versions.get(number=1), Leaving(by=editor, agreed_by=second, **told))
    number, addresses = shown.pk, {shown.file.url, rendition.url}
    shown.delete()
    assert not Image.objects.filter(pk=number).exists()
    owed = Purge.objects.get(key=f"picture deleted:{number}")
    assert addresses <= set(owed.paths)
    assert list(verify_record()) == []


def test_a_file_put_in_a_pictures_place_is_refused_beside_the_field(
    editor: Reader, settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    image, other = newsroom.image("Kiln"), newsroom.image("Ice", 900, 300)
    client = Client()
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    root = image.collection_id
    address = f"/desk/images/{image.pk}/"
    typed_in = {"title": "Kiln, in May", "collection": root, "rights_holder": "", "tags": ""}
    with other.file.open() as file:
        new = SimpleUploadedFile("ice.png", file.read(), "image/png")
    answer = client.post(address, typed_in | {"file": new})
    assert "A picture keeps its file" in answer.context["form"].errors["file"][0]
    assert Image.objects.get(pk=image.pk).file.name == image.file.name
    client.post(address, typed_in)
    assert Image.objects.get(pk=image.pk).title == "Kiln, in May"


def test_the_list_is_paged_and_the_menu_counts_what_is_shown_in_one_query(
    energy: Section,
    editor: Reader,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Any,
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    monkeypatch.setattr("articles.desk.picture_rights.PER_PAGE", 2)
    lead, inside, draft, unused = (newsroom.image(name) for name in "ABCD")
    newsroom.story(energy, lead_image=lead, **LEAD)
    newsroom.story(energy, body=in_body(inside))
    newsroom.draft(energy, body=in_body(draft))
    for days, image in enumerate((lead, inside, draft, unused), start=1):
        ends(image, -days)
    today = newsroom_day(timezone.now())
    shown_without_a_right(today).count()
    with django_assert_num_queries(1):
        assert shown_without_a_right(today).count() == 2
    assert shown_without_a_right(today - timedelta(days=1)).count() == 1
    client = Client()
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    first = client.get("/desk/pictures-rights/")
    assert " rights (2)" in first.content.decode()
    # The page's own head, beside the menu's escaped line.
    assert "Pictures’ rights" in first.content.decode()
    assert [line.rights.image for line in first.context["lines"]] == [unused, draft]
    assert 'href="?p=2"' in first.content.decode()
    second = client.get("/desk/pictures-rights/?p=2")
    assert [line.rights.image for line in second.context["lines"]] == [inside, lead]
    assert [len(line.stories) for line in second.context["lines"]] == [1, 1]
    assert client.get("/desk/pictures-rights/?p=x").status_code == 200
