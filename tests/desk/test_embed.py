"""The snippet for partners, made and shown on the desk."""

import pytest

from tests.campaigns_made import a_campaign
from tests.desk.people import SignIn

pytestmark = pytest.mark.django_db


def test_staff_copy_a_snippet_that_names_the_partner_and_see_it(sign_in: SignIn) -> None:
    campaign = a_campaign(title='Rivers & "lakes"')
    page = sign_in("fundraiser").get(
        f"/desk/campaigns/{campaign.pk}/embed/?partner=Riverdale+Paper!&language=fr"
    )
    said = page.content.decode()
    assert page.status_code == 200
    assert "partner=&quot;riverdale-paper&quot;" in said
    assert f'src="/fr/embed/{campaign.slug}/?via=embed-riverdale-paper"' in said
    # In the snippet the title is text already, and the page shows the snippet as text.
    assert "Rivers &amp;amp; &amp;quot;lakes&amp;quot;</a>" in said.replace("&lt;/a&gt;", "</a>")


def test_who_may_not_see_campaigns_gets_no_snippet(sign_in: SignIn) -> None:
    campaign = a_campaign()
    assert sign_in("reporter").get(f"/desk/campaigns/{campaign.pk}/embed/").status_code == 302
