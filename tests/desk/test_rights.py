"""Who may open what on the desk: the whole table, role by role."""

import uuid
from datetime import UTC, datetime

import pytest

from campaigns.models import EntryKind, InboxEvent
from newsroom import roles
from newsroom.audit.models import AuditEntry
from tests.campaigns_made import a_campaign
from tests.desk.factory import a_gift, goes_back
from tests.desk.people import SignIn

pytestmark = pytest.mark.django_db

EVERYBODY = set(roles.ROLES)
RAISERS = {roles.PUBLISHER, roles.FUNDRAISER, roles.ADMINISTRATOR}
BOOKKEEPERS = {roles.TREASURER, roles.ADMINISTRATOR}
SEE_FIGURES = EVERYBODY - {roles.REPORTER, roles.STANDARDS_EDITOR}
OPERATORS = {roles.PUBLISHER, roles.TREASURER, roles.ADMINISTRATOR}

MAY_OPEN = {
    "/desk/": EVERYBODY,
    "/desk/campaigns/": SEE_FIGURES,
    "/desk/campaigns/new/": RAISERS,
    "/desk/campaigns/{campaign}/": RAISERS,
    "/desk/campaigns/{campaign}/analytics/": SEE_FIGURES,
    "/desk/campaigns/{campaign}/analytics/sources/": SEE_FIGURES,
    "/desk/campaigns/{campaign}/analytics/way/": SEE_FIGURES,
    "/desk/campaigns/{campaign}/analytics/holdout/": RAISERS,
    "/desk/stories/figures/": EVERYBODY,
    "/desk/campaigns/{campaign}/analytics/days.csv": RAISERS | BOOKKEEPERS,
    "/desk/campaigns/{campaign}/analytics/stories.csv": RAISERS | BOOKKEEPERS,
    "/desk/campaigns/compare/": SEE_FIGURES,
    "/desk/campaigns/{campaign}/notes/": RAISERS,
    "/desk/mails-to-you/": SEE_FIGURES,
    "/desk/tables/": RAISERS | BOOKKEEPERS,
    "/desk/tables/days.csv?campaign={campaign}": RAISERS | BOOKKEEPERS,
    "/desk/campaigns/{campaign}/matches/": RAISERS | BOOKKEEPERS,
    "/desk/campaigns/{campaign}/matches/new/": RAISERS,
    "/desk/offline/": RAISERS | BOOKKEEPERS,
    "/desk/offline/new/": RAISERS | BOOKKEEPERS,
    "/desk/offline/file/": RAISERS | BOOKKEEPERS,
    "/desk/recurring/": RAISERS | BOOKKEEPERS,
    "/desk/recurring/figures/": SEE_FIGURES,
    "/desk/donations/": RAISERS | BOOKKEEPERS,
    "/desk/donations/{donation}/": RAISERS | BOOKKEEPERS,
    "/desk/donations/{donation}/refund/{payment}/": BOOKKEEPERS,
    "/desk/receipts/": BOOKKEEPERS,
    "/desk/receipts/issuer/": BOOKKEEPERS,
    "/desk/receipts/years/": BOOKKEEPERS,
    "/desk/donations/{donation}/receipt/": BOOKKEEPERS,
    "/desk/ledger/": BOOKKEEPERS,
    "/desk/ledger/unattributed/": BOOKKEEPERS,
    "/desk/payouts/": BOOKKEEPERS,
    "/desk/payouts/statements/": BOOKKEEPERS,
    "/desk/payouts/statements/new/": BOOKKEEPERS,
    "/desk/warnings/": BOOKKEEPERS,
    "/desk/reconciliations/": OPERATORS,
    "/desk/inbox/": OPERATORS,
    "/desk/health/": OPERATORS,
    "/desk/reports/": {
        roles.EDITOR,
        roles.STANDARDS_EDITOR,
        roles.PUBLISHER,
        roles.ADMINISTRATOR,
    },
    "/desk/privacy/": {roles.PUBLISHER, roles.ADMINISTRATOR},
    "/desk/privacy/person/": {roles.PUBLISHER, roles.ADMINISTRATOR},
    "/desk/privacy/incidents/": {roles.PUBLISHER, roles.ADMINISTRATOR},
    "/desk/audit/": {roles.STANDARDS_EDITOR, roles.PUBLISHER, roles.ADMINISTRATOR},
}


@pytest.mark.parametrize("role", roles.ROLES)
def test_a_role_opens_what_the_table_says_and_nothing_else(sign_in: SignIn, role: str) -> None:
    campaign = a_campaign()
    given = a_gift(campaign, 2500, datetime.now(UTC))
    names = {
        "campaign": campaign.pk,
        "donation": given.donation.pk,
        "payment": given.payment.pk,
    }
    client = sign_in(role)
    opened = {
        address for address in MAY_OPEN if client.get(address.format(**names)).status_code == 200
    }
    assert opened == {address for address, who in MAY_OPEN.items() if role in who}


def test_a_stranger_and_a_reader_are_asked_to_sign_in(client, django_user_model) -> None:  # type: ignore[no-untyped-def]
    reader = django_user_model.objects.create_user("reader@example.org")
    for signed_in in (False, True):
        if signed_in:
            client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
        for address in MAY_OPEN:
            answer = client.get(address.format(campaign=1, donation=1, payment=1))
            assert answer.status_code == 302, address
            assert "/account/login/" in answer.headers["Location"]


@pytest.mark.parametrize("role", roles.ROLES)
def test_only_who_may_change_can_change(sign_in: SignIn, role: str) -> None:
    campaign = a_campaign()
    given = a_gift(campaign, 2500, datetime.now(UTC))
    goes_back(given, 2500, datetime.now(UTC), kind=EntryKind.REFUND)
    event = InboxEvent.objects.create(
        stripe_id="evt_1",
        type="charge.succeeded",
        object_id="pi_1",
        payload={},
        created_at=datetime.now(UTC),
        attempts=20,
    )
    client = sign_in(role)
    client.post("/desk/inbox/again/", {"event": event.pk})
    event.refresh_from_db()
    assert (event.attempts == 0) == (role == roles.ADMINISTRATOR)
    address = f"/desk/donations/{given.donation.pk}/refund/{given.payment.pk}/"
    form = {"amount": "1", "reason": "r", "key": str(uuid.uuid4())}
    assert (client.post(address, form).status_code == 422) == (role in BOOKKEEPERS)
    client.post(f"/desk/campaigns/{campaign.pk}/", {"title": "Mine now"})
    campaign.refresh_from_db()
    assert campaign.title != "Mine now"
    assert not AuditEntry.objects.exclude(verb="tried again").exists()


def test_the_inbox_is_never_tried_again_by_following_a_link(sign_in: SignIn) -> None:
    assert sign_in("administrator").get("/desk/inbox/again/").status_code == 405
