"""Offline gifts on the desk: entered, looked at by a second person, brought in from a file."""

import uuid
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import CampaignTotal, OfflineGift, OfflineState
from newsroom import roles
from newsroom.audit.models import AuditEntry
from tests.campaigns_made import a_campaign
from tests.desk.people import SignIn

pytestmark = pytest.mark.django_db


def typed(campaign, **changes):
    today = datetime.now(UTC).astimezone(campaign.zone).date()
    return {
        "campaign": campaign.pk,
        "amount_typed": "$250",
        "received_on": today.isoformat(),
        "method": "cheque",
        "name": "Ida Harrow",
        "email": "",
        "reference": "No 1204",
        "key": uuid.uuid4(),
        **changes,
    }


def raised(campaign):
    kept = CampaignTotal.objects.filter(campaign=campaign).first()
    return kept.raised if kept else 0


def test_a_large_cheque_is_entered_by_one_person_and_accepted_by_another(sign_in: SignIn) -> None:
    campaign = a_campaign()
    fay, tom = sign_in(roles.FUNDRAISER), sign_in(roles.TREASURER)
    assert fay.post("/desk/offline/new/", typed(campaign, amount_typed="5,000")).status_code == 302
    gift = OfflineGift.objects.get()
    assert (gift.state, raised(campaign)) == (OfflineState.WAITING, 0)
    fay.post(f"/desk/offline/{gift.pk}/accept/")
    assert raised(campaign) == 0
    shown = tom.get("/desk/offline/").content.decode()
    assert "Waiting for a second look" in shown
    tom.post(f"/desk/offline/{gift.pk}/accept/")
    assert raised(campaign) == 500_000
    assert tom.post(f"/desk/offline/{gift.pk}/undo/", {"reason": " "}).status_code == 422
    assert raised(campaign) == 500_000
    tom.post(f"/desk/offline/{gift.pk}/undo/", {"reason": "Bounced"})
    assert raised(campaign) == 0
    verbs = AuditEntry.objects.filter(target=f"campaigns.offlinegift:{gift.pk}").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == ["entered", "accepted", "undid"]


def test_a_treasurer_does_not_look_a_second_time_at_what_they_entered(sign_in: SignIn) -> None:
    campaign = a_campaign()
    tom = sign_in(roles.TREASURER)
    tom.post("/desk/offline/new/", typed(campaign, amount_typed="5,000"))
    tom.post(f"/desk/offline/{OfflineGift.objects.get().pk}/accept/")
    assert raised(campaign) == 0


@pytest.mark.parametrize("amount", ["", "0", "-1", "1.0055", "NaN", "lots"])
def test_an_amount_that_makes_no_sense_is_said_beside_its_field(
    sign_in: SignIn, amount: str
) -> None:
    answer = sign_in(roles.FUNDRAISER).post(
        "/desk/offline/new/", typed(a_campaign(), amount_typed=amount)
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["amount_typed"]
    assert not OfflineGift.objects.exists()


def test_who_may_not_see_donors_does_not_read_their_names_here(sign_in: SignIn) -> None:
    fay = sign_in(roles.FUNDRAISER)
    fay.post("/desk/offline/new/", typed(a_campaign()))
    assert "Ida Harrow" not in fay.get("/desk/offline/").content.decode()
    assert "Ida Harrow" in sign_in(roles.TREASURER).get("/desk/offline/").content.decode()


def test_a_file_is_looked_at_first_and_entered_on_the_second_word(sign_in: SignIn) -> None:
    campaign = a_campaign()
    today = datetime.now(UTC).astimezone(campaign.zone).date()
    text = f"date;amount;method\n{today};250;cheque\n{today};9000;securities\n{today};x;cash\n"
    fay = sign_in(roles.FUNDRAISER)
    sent = {"campaign": campaign.pk, "file": SimpleUploadedFile("gifts.csv", text.encode())}
    seen = fay.post("/desk/offline/file/", sent)
    page = seen.content.decode()
    assert "2 rows will be entered. Nothing is kept yet." in page
    assert "left out" in page
    assert not OfflineGift.objects.exists()
    again = {"campaign": campaign.pk, "seen": seen.context["seen"], "enter": "yes"}
    assert fay.post("/desk/offline/file/", again).status_code == 302
    assert raised(campaign) == 25_000
    assert OfflineGift.objects.filter(state=OfflineState.WAITING).count() == 1
    fay.post("/desk/offline/file/", again)
    assert OfflineGift.objects.count() == 2


@pytest.mark.parametrize("seen", ["", "%%%", "AAAA"])
def test_a_file_that_is_none_gets_a_sentence(sign_in: SignIn, seen: str) -> None:
    sent = {"campaign": a_campaign().pk, "seen": seen, "enter": "yes"}
    answer = sign_in(roles.FUNDRAISER).post("/desk/offline/file/", sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]


def test_the_same_form_sent_twice_is_one_gift(sign_in: SignIn) -> None:
    fay, form = sign_in(roles.FUNDRAISER), typed(a_campaign())
    for _twice in range(2):
        assert fay.post("/desk/offline/new/", form).status_code == 302
    assert OfflineGift.objects.count() == 1
