"""An address is erased when somebody asks; what they reported stays, without it."""

from io import StringIO

import pytest
from django.core.management import call_command

from articles.following import ask_to_follow
from articles.models import Article, ErrorReport, Follow, ReportContact
from tests.reporting.made import now, report

pytestmark = pytest.mark.django_db


def test_forget_address_erases_it_from_reports_and_follows_and_from_nobody_else(
    story: Article,
) -> None:
    for name in ("ann", "ben"):
        report(story, f"Fifty, says {name}.", email=f"{name}@example.org")
        ask_to_follow(story, f"{name}@example.org", now())
    said = StringIO()
    call_command("forget_address", "Ann@Example.org", stdout=said)
    assert said.getvalue() == "Erased from 1 reports and 1 followed stories.\n"
    assert [each.email for each in ReportContact.objects.all()] == ["ben@example.org"]
    assert [each.email for each in Follow.objects.all()] == ["ben@example.org"]
    assert ErrorReport.objects.count() == 2
