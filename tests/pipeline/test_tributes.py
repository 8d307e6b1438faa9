"""Covered fees and cards of tribute, from the form to the mailbox."""

import uuid
from datetime import timedelta

from django.utils import timezone

from campaigns.models import EntryKind, LedgerEntry, Match
from newsroom.mail.models import OutboxMail
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.comments.test_journey import text_in_mail
from tests.pipeline import acts
from tests.stack import Stack
from tests.waiting import wait_until


def test_a_gift_in_memory_with_the_fee_covered_is_matched_without_it_and_its_card_comes_once(
    stack_db: Stack,
) -> None:
    the_default_campaign()
    campaign = a_campaign()
    begun = timezone.now() - timedelta(days=1)
    Match.objects.create(campaign=campaign, sponsor="The Larch Fund", cap=10_000, starts_at=begun)
    anna = f"anna-{uuid.uuid4().hex[:8]}@example.org"
    acts.faults(stack_db, twice={"times": 3})
    donation = acts.give(
        stack_db,
        campaign,
        cover="on",
        tribute="memory",
        tribute_name="Tom Harrow",
        card_email=anna,
        card_from="Ida",
        card_words="He read you every morning.",
    )
    acts.wait_for_raised(campaign, 2606 + 2500)
    said = text_in_mail(stack_db, anna, "A gift in memory of Tom Harrow, from Ida")
    assert "He read you every morning." in said
    acts.wait_for_receipt(stack_db, donation)
    acts.faults(stack_db)
    assert donation.donor is not None
    receipt = text_in_mail(stack_db, donation.donor.email or "", "your gift of $26.06")
    assert "Of it for the card’s fee: $1.06" in receipt
    acts.wait_for_quiet_inbox()
    assert len(stack_db.mail.newest(to=anna)) == 1
    card = OutboxMail.objects.get(dedupe_key=f"tribute:{donation.pk}")
    wait_until(
        lambda: OutboxMail.objects.get(pk=card.pk).to == "", acts.PATIENCE, "the address is gone"
    )

    acts.refund_at_stripe(stack_db, donation.payments.get().stripe_id)
    acts.wait_for_raised(campaign, 0)
    matched = LedgerEntry.objects.filter(campaign=campaign, kind=EntryKind.MATCH)
    assert sorted(matched.values_list("amount", flat=True)) == [-2500, 2500]
    acts.books_are_clean(stack_db)
