"""A milestone reached by real money, told once, and true after that money went back."""

import requests

from campaigns.models import Milestone, Reached
from newsroom.mail.models import OutboxMail
from newsroom.roles import FUNDRAISER
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.comments.test_journey import text_in_mail
from tests.journeys.staff import somebody
from tests.pipeline import acts
from tests.stack import Stack


def test_a_milestone_is_told_to_staff_once_and_stays_reached_when_the_gift_goes_back(
    stack_db: Stack,
) -> None:
    the_default_campaign()
    fundraiser = somebody(FUNDRAISER, "Fay")
    campaign = a_campaign(title="The field season")
    Milestone.objects.create(campaign=campaign, amount=4000, words="A boat for the summer")
    acts.faults(stack_db, twice={"times": 3})
    acts.give(stack_db, campaign)
    acts.wait_for_raised(campaign, 2500)
    assert not Reached.objects.filter(campaign=campaign).exists()
    second = acts.give(stack_db, campaign)
    acts.wait_for_raised(campaign, 5000)
    said = text_in_mail(stack_db, fundraiser.email, "The field season: $40 reached")
    assert "A boat for the summer" in said

    acts.refund_at_stripe(stack_db, second.payments.get().stripe_id)
    acts.wait_for_raised(campaign, 2500)
    acts.give(stack_db, campaign)
    acts.wait_for_raised(campaign, 5000)
    acts.faults(stack_db)
    acts.wait_for_quiet_inbox()
    address = f"{stack_db.site_url}{campaign.get_absolute_url()}progress.json"
    [milestone, goal] = requests.get(address, timeout=10).json()["milestones"]
    assert (milestone["words"], milestone["reached"]) == ("A boat for the summer", True)
    assert (goal["kind"], goal["reached"]) == ("goal", False)
    key = f"milestone:{campaign.pk}:4000:{fundraiser.pk}"
    assert OutboxMail.objects.filter(dedupe_key=key).count() == 1
    about = [m for m in stack_db.mail.newest(to=fundraiser.email) if "$40 reached" in m.subject]
    assert len(about) == 1
    acts.books_are_clean(stack_db)
