"""Founding a newsroom: its name and address, sections, standing pages, the general fund.

Each step makes what is missing and leaves alone what is there, so that it may be taken again at
any time: words that an editor has changed since are never put back.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import (
    GroupApprovalTask,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from articles.models import FrontPage, Purpose, Section, StandingPage
from campaigns.models import Campaign
from campaigns.planning import store_campaign
from newsroom.branding.models import Branding
from newsroom.readers.models import Reader
from newsroom.roles import PAGES

# In the order of the foot of every page.
STANDING: Final = (
    Purpose.ABOUT,
    Purpose.OWNERSHIP,
    Purpose.CORRECTIONS,
    Purpose.COMMENTS,
    Purpose.CONTACT,
    Purpose.PRIVACY,
    Purpose.TERMS,
)
GENERAL_FUND: Final = "general-fund"
# A campaign has a goal; the general fund's is changed on the desk like any other.
GENERAL_FUND_GOAL: Final = 1_000_000


class CannotFound(Exception):
    """The newsroom cannot be set up as asked; `str()` is a sentence for who asked."""


def name_newsroom(**words: str) -> Branding:
    """Set what is given of `name`, `tagline`, `about`, `legal_name`, `postal_address` and
    `contact_email`; an empty text changes nothing."""
    branding = Branding.load()
    for field, text in words.items():
        if text:
            setattr(branding, field, text)
    try:
        branding.full_clean()
    except ValidationError as error:
        raise CannotFound(_sentence(error)) from error
    branding.save()
    return branding


def stand_at(base_url: str) -> Site:
    """Tell Wagtail the address readers use, such as "https://news.example"."""
    address = urlsplit(base_url)
    site = Site.objects.get(is_default_site=True)
    site.hostname = address.hostname or "localhost"
    site.port = address.port or (443 if address.scheme == "https" else 80)
    site.site_name = Branding.load().name
    site.save()
    return site


def front_page(language: str = settings.LANGUAGE_CODE) -> FrontPage:
    """The front page of the site's main language, or of another that was opened."""
    main: FrontPage = Site.objects.get(is_default_site=True).root_page.specific
    if language == settings.LANGUAGE_CODE:
        return main
    front = FrontPage.objects.filter(
        translation_key=main.translation_key, locale__language_code=language
    ).first()
    if front is None:
        raise CannotFound(_("The site has no front page in that language yet."))
    return front


def open_language(language: str, by: Reader | None = None) -> tuple[FrontPage, bool]:
    """A front page in another of `settings.LANGUAGES`, beside the main one and with the same rights
    and workflow; and whether it was made just now."""
    locale, _made = Locale.objects.get_or_create(language_code=language)
    main = front_page()
    found = FrontPage.objects.filter(translation_key=main.translation_key, locale=locale).first()
    if found:
        return found, False
    front = FrontPage(
        title=main.title,
        slug=f"{main.slug}-{language}",
        locale=locale,
        translation_key=main.translation_key,
        owner=by,
    )
    main.get_parent().add_child(instance=front)
    for permission in GroupPagePermission.objects.filter(page=main):
        GroupPagePermission.objects.get_or_create(
            group=permission.group, page=front, permission=permission.permission
        )
    if workflow := WorkflowPage.objects.filter(page=main).first():
        WorkflowPage.objects.get_or_create(page=front, workflow=workflow.workflow)
    front.save_revision(user=by).publish(user=by, skip_permission_checks=True)
    return front, True


def make_section(
    title: str,
    *,
    slug: str = "",
    description: str = "",
    by: Reader | None = None,
    language: str = settings.LANGUAGE_CODE,
    translates: str = "",
) -> tuple[Section, bool]:
    """The section, and whether it was made just now; `translates` is the address of the main
    language's section that it is the translation of. Raises CannotFound for an address that is
    the site's own or another page's."""
    slug = slug or slugify(title)
    if not slug:
        raise CannotFound(_("A section needs a title with letters or digits in it."))
    front = front_page(language)
    found = Section.objects.child_of(front).filter(slug=slug).first()
    if found:
        return found, False
    section = Section(title=title, slug=slug, description=description, locale=front.locale)
    if translates:
        original = Section.objects.child_of(front_page()).filter(slug=translates).first()
        if original is None:
            raise CannotFound(_("There is no section at “%(slug)s”.") % {"slug": translates})
        section.translation_key = original.translation_key
    _publish_under(front, section, by)
    return section, True


def make_standing_page(
    purpose: str,
    title: str,
    body: str,
    *,
    slug: str = "",
    by: Reader | None = None,
    language: str = settings.LANGUAGE_CODE,
) -> tuple[StandingPage, bool]:
    """The page of that purpose in that language, and whether it was made just now; it is linked
    with the main language's. `body` is HTML."""
    front = front_page(language)
    found = StandingPage.objects.child_of(front).filter(purpose=purpose).first()
    if found:
        return found, False
    page = StandingPage(
        title=title, slug=slug or purpose, purpose=purpose, body=body, locale=front.locale
    )
    original = StandingPage.objects.child_of(front_page()).filter(purpose=purpose).first()
    if original:
        page.translation_key = original.translation_key
    _publish_under(front, page, by)
    return page, True


def make_editing_workflow() -> tuple[Workflow, bool]:
    """The way of a reporter's story: submitted, read by an editor, published on approval. And
    whether it was made just now. A workflow that the newsroom gave its front page stays."""
    front = front_page()
    if found := WorkflowPage.objects.filter(page=front).first():
        return found.workflow, False
    task = GroupApprovalTask.objects.create(name=_("An editor reads it"))
    editors = [role for role, rights in PAGES.items() if "publish_page" in rights]
    task.groups.set(Group.objects.filter(name__in=editors))
    workflow = Workflow.objects.create(name=_("Reporter to editor"))
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=front)
    return workflow, True


def default_standing_page(purpose: str) -> tuple[str, str]:
    """Title and HTML of a standing page to begin with, in the active language."""
    words = render_to_string(f"founding/{purpose}.html", {"newsroom": Branding.load()})
    return str(Purpose(purpose).label), words.strip()


def make_general_fund(
    *,
    moment: datetime,
    time_zone: str,
    currency: str = "cad",
    amounts: Sequence[int] = (),
    words: dict[str, str] | None = None,
    by: Reader | None = None,
) -> tuple[Campaign, bool]:
    """The default campaign, and whether it was made just now.

    It starts at `moment` (aware) and has no deadline. `amounts` in minor units; `words` may hold
    `title`, `slug`, `appeal`, `case` (HTML) and `thanks`.
    """
    found = Campaign.objects.filter(is_default=True).first()
    if found:
        return found, False
    fund = Campaign(
        goal=GENERAL_FUND_GOAL,
        currency=currency,
        starts_at=moment,
        time_zone=time_zone,
        is_default=True,
        **(_general_fund_words() | (words or {})),
    )
    if amounts:
        fund.amounts = list(amounts)
    return store_campaign(fund, by=by, moment=moment), True


def _general_fund_words() -> dict[str, str]:
    context = {"newsroom": Branding.load()}
    files = {"title": "txt", "appeal": "txt", "case": "html", "thanks": "txt"}
    words = {
        name: render_to_string(f"founding/general_fund/{name}.{ending}", context).strip()
        for name, ending in files.items()
    }
    return {"slug": GENERAL_FUND, **words}


def _publish_under(front: FrontPage, page: Page, by: Reader | None) -> None:
    try:
        with transaction.atomic():
            page.owner = by
            front.add_child(instance=page)
            # Wagtail remembers what a person may do; a front page just made is not among it.
            page.save_revision(user=by).publish(user=by, skip_permission_checks=True)
    except ValidationError as error:
        raise CannotFound(f"{page.title}: {_sentence(error)}") from error


def _sentence(error: ValidationError) -> str:
    return " ".join(error.messages)
