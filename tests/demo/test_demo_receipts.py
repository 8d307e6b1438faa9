"""The demo newsroom says all that a receipt needs, and some of its givers ask for one."""

from datetime import UTC, datetime

import pytest

from campaigns.models import ReceiptIssuer, ReceiptParty, Scheme
from campaigns.tax import issuers, rules
from newsroom.demo.build.campaign import DAYS_OLD, calendar_of
from newsroom.demo.build.giving_plan import plan
from newsroom.demo.build.tax_receipts import receipt_for, say_who_issues
from newsroom.demo.content import load
from tests.receipts.made import treasurer

pytestmark = pytest.mark.django_db


def test_the_demos_receipts_lack_nothing_and_a_few_givers_want_one() -> None:
    content = load()
    for _twice in range(2):
        say_who_issues(content.newsroom, treasurer())
    assert rules.missing_of_issuer(issuers.current()) == []
    assert ReceiptIssuer.objects.count() == 1
    calendar = calendar_of(content, datetime.now(UTC))
    gifts = plan(25, 1, calendar, DAYS_OLD, [], content.donors)
    asked = [address for gift in gifts if (address := receipt_for(gift))]
    assert 0 < len(asked) < len(gifts) // 2
    for address in asked:
        assert rules.missing_of_donor(Scheme.CANADA, ReceiptParty(**address)) == []
