"""Money of no donation: given to a campaign by staff, undone, and followed by what goes back."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import ledger, stray
from campaigns.models import Attribution, CampaignTotal, EntryKind, LedgerEntry, Match
from campaigns.stray import NotAttributed
from newsroom import roles
from newsroom.audit.models import AuditEntry
from newsroom.readers.models import Reader
from tests.campaigns_made import a_campaign
from tests.money.test_ledger import an_entry

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)


def tess() -> Reader:
    return Reader.objects.get_or_create(email="tess@newsroom.example")[0]


def a_stray(amount: int = 5000, charge: str = "ch_", at: datetime = NOW) -> LedgerEntry:
    entry = an_entry(None, amount, at=at)
    entry.charge_id = charge + uuid.uuid4().hex if charge else ""
    ledger.append([entry])
    return entry


def goes_back(entry: LedgerEntry, amount: int) -> None:
    """As `sync_payment` books it."""
    back = an_entry(None, -amount, kind=EntryKind.REFUND, at=NOW)
    back.charge_id = entry.charge_id
    back.campaign = ledger.attributed([entry.charge_id]).get(entry.charge_id)
    ledger.append([back])


def raised(campaign) -> tuple[int, int, int]:
    assert list(ledger.recount()) == []
    total = CampaignTotal.objects.filter(campaign=campaign).first()
    return (total.raised, total.received, total.reversed) if total else (0, 0, 0)


@pytest.mark.parametrize("charge", ["ch_", ""])
def test_a_stray_charge_counts_in_the_campaign_it_is_given_to_and_nowhere_else(charge) -> None:
    campaign, entry = a_campaign(), a_stray(charge=charge)
    given = stray.attribute(entry, campaign, reason="Paid by terminal", by=tess(), moment=NOW)
    assert raised(campaign) == (5000, 5000, 0)
    assert stray.left_of(stray.charge_of(entry)) == 0
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 5000
    with pytest.raises(NotAttributed, match="already"):
        stray.attribute(entry, campaign, reason="Again", by=tess(), moment=NOW)
    stray.undo(given, reason="It was the choir’s", by=tess(), moment=NOW)
    stray.undo(given, reason="Twice", by=tess(), moment=NOW)
    assert raised(campaign) == (0, 5000, 5000)
    assert stray.left_of(stray.charge_of(entry)) == 5000
    other = a_campaign()
    stray.attribute(entry, other, reason="This one", by=tess(), moment=NOW)
    assert raised(other) == (5000, 5000, 0)
    said = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert said == ["attributed", "undid", "attributed"]


def test_what_goes_back_of_attributed_money_follows_it_and_the_rest_can_be_undone() -> None:
    campaign, entry = a_campaign(), a_stray()
    given = stray.attribute(entry, campaign, reason="Ours", by=tess(), moment=NOW)
    goes_back(entry, 2000)
    assert raised(campaign) == (3000, 5000, 2000)
    stray.undo(given, reason="Not ours", by=tess(), moment=NOW)
    assert raised(campaign)[0] == 0
    assert stray.left_of(entry.charge_id) == 3000


def test_stray_money_is_no_gift_no_sponsor_adds_to_it() -> None:
    campaign = a_campaign()
    Match.objects.create(
        campaign=campaign, sponsor="A bank", cap=10_000, starts_at=NOW - timedelta(days=3)
    )
    stray.attribute(a_stray(), campaign, reason="Ours", by=tess(), moment=NOW)
    assert raised(campaign) == (5000, 5000, 0)
    total = CampaignTotal.objects.get(campaign=campaign)
    assert (total.donations, total.donors, total.matched) == (0, 0, 0)


def test_what_makes_no_sense_is_refused_in_a_sentence() -> None:
    campaign = a_campaign()
    late = a_stray(at=campaign.ends_at)
    gone = a_stray()
    goes_back(gone, 5000)
    other = an_entry(None, 0, kind=EntryKind.OTHER)
    ledger.append([other])
    foreign = a_campaign(currency="usd")
    for entry, where, said in (
        (late, campaign, "deadline"),
        (gone, campaign, "Nothing is left"),
        (other, campaign, "belongs to no gift"),
        (a_stray(), foreign, "another currency"),
    ):
        with pytest.raises(NotAttributed, match=said):
            stray.attribute(entry, where, reason="Ours", by=tess(), moment=NOW)
    with pytest.raises(NotAttributed, match="reason"):
        stray.attribute(a_stray(), campaign, reason=" ", by=tess(), moment=NOW)
    assert not Attribution.objects.exists()


@given(
    st.lists(
        st.tuples(st.sampled_from(["give", "undo", "refund"]), st.integers(1, 900)), max_size=9
    )
)
def test_in_any_order_every_cent_stands_in_one_place(steps) -> None:
    campaign, entry = a_campaign(), a_stray(2000)
    back = 0
    for act, amount in steps:
        standing = Attribution.objects.filter(charge_id=entry.charge_id, undone_at=None).first()
        if act == "give" and not standing and back < 2000:
            stray.attribute(entry, campaign, reason="Ours", by=tess(), moment=NOW)
        elif act == "undo" and standing:
            stray.undo(standing, reason="Not ours", by=tess(), moment=NOW)
        elif act == "refund" and back < 2000:
            amount = min(amount, 2000 - back)
            goes_back(entry, amount)
            back += amount
    given = bool(ledger.attributed([entry.charge_id]))
    left = 2000 - back
    assert raised(campaign)[0] == (left if given else 0)
    assert stray.left_of(entry.charge_id) == (0 if given else left)


def test_the_treasurer_gives_it_on_the_desk_and_takes_it_back(client, settings) -> None:
    from tests.desk.people import signed_in

    settings.STAFF_SECOND_FACTOR = False
    campaign, entry = a_campaign(), a_stray()
    treasurer = signed_in(roles.TREASURER)
    page = "/desk/ledger/unattributed/"
    assert f"{page}{entry.pk}/" in treasurer.get(page).content.decode()
    assert treasurer.post(f"{page}{entry.pk}/", {"campaign": campaign.pk}).status_code == 422
    sent = {"campaign": campaign.pk, "reason": "Paid by terminal"}
    assert treasurer.post(f"{page}{entry.pk}/", sent).status_code == 302
    assert raised(campaign)[0] == 5000
    seen = treasurer.get(page).content.decode()
    assert "Paid by terminal" in seen
    given = Attribution.objects.get()
    undo = f"/desk/ledger/attributions/{given.pk}/undo/"
    assert undo in seen
    assert treasurer.post(undo, {"reason": "The choir’s"}).status_code == 302
    assert raised(campaign)[0] == 0
    assert "The choir’s" in treasurer.get(page).content.decode()
    publisher = signed_in(roles.PUBLISHER)
    assert publisher.post(f"{page}{entry.pk}/", sent).status_code == 302
    assert raised(campaign)[0] == 0
