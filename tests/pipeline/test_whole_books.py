"""Comparing everything: in bounded pages, going on where it was cut off, missing no stranger."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from campaigns import books, reconcile
from campaigns.models import EntryKind, LedgerEntry, Reconciliation
from tests.campaigns_made import a_campaign
from tests.pipeline import acts
from tests.stack import Stack

PAGE = 2


class CutOffError(Exception):
    pass


@pytest.fixture(autouse=True)
def small_pages(stack_db: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No comparison by beat comes in between."""
    monkeypatch.setattr(reconcile, "PAGE", PAGE)
    stack_db.stop_beat()
    yield
    stack_db.start_beat()


def _cut_off_after(pages: int):
    def on_page(run: Reconciliation) -> None:
        if run.compared >= pages * PAGE:
            raise CutOffError

    return on_page


def _stranger(gift: LedgerEntry) -> LedgerEntry:
    """An entry that Stripe knows nothing of, from before the gift."""
    return LedgerEntry.objects.create(
        source_key=f"stripe:txn_stranger_{gift.pk}",
        kind=EntryKind.OTHER,
        reporting_category="other",
        amount=0,
        currency="cad",
        settlement_amount=77,
        settlement_currency="cad",
        occurred_at=gift.occurred_at - timedelta(days=40),
    )


def test_a_comparison_that_was_cut_off_goes_on_where_it_was(stack_db: Stack) -> None:
    campaign = a_campaign()
    for _ in range(5):
        acts.give(stack_db, campaign)
    acts.wait_for_raised(campaign, 5 * 2500)
    acts.wait_for_quiet_inbox()
    stranger = _stranger(LedgerEntry.objects.filter(campaign=campaign).latest("pk"))
    with pytest.raises(CutOffError):
        reconcile.reconcile(on_page=_cut_off_after(2))
    left = Reconciliation.objects.latest("pk")
    assert (left.finished_at, left.compared) == (None, 2 * PAGE)
    pages: list[int] = []
    done = reconcile.reconcile(on_page=lambda run: pages.append(run.compared))
    assert done.pk == left.pk
    assert pages[0] > 2 * PAGE
    assert done.finished_at
    # Whatever else this stack holds: every transaction once, and the stranger found once.
    found = [d["transaction"] for d in done.differences]
    assert found.count(stranger.source_key.removeprefix("stripe:")) == 1
    assert done.how_many == len(found)
    whole = reconcile.reconcile()
    assert whole.pk != done.pk, "a finished one is not gone on with"
    assert whole.compared == done.compared
    assert [d["transaction"] for d in whole.differences] == found
    verdict = books.verdict()
    assert verdict
    assert not verdict.equal


def test_one_that_was_cut_off_long_ago_is_begun_anew(stack_db: Stack) -> None:
    campaign = a_campaign()
    for _ in range(3):
        acts.give(stack_db, campaign)
    acts.wait_for_raised(campaign, 3 * 2500)
    with pytest.raises(CutOffError):
        reconcile.reconcile(on_page=_cut_off_after(1))
    left = Reconciliation.objects.latest("pk")
    Reconciliation.objects.filter(pk=left.pk).update(
        started_at=left.started_at - reconcile.RESUMED_WITHIN
    )
    assert reconcile.reconcile().pk != left.pk
