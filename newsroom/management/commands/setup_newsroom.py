"""`manage.py setup_newsroom`: a new newsroom's name, sections, standing pages and general fund."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import override

from campaigns.models.campaign import CURRENCIES
from newsroom import founding

WORDS = {
    "name": "the newsroom's name",
    "tagline": "a line beside the name",
    "about": "two sentences about the newsroom",
    "legal_name": "who publishes: the name in law",
    "postal_address": "where post arrives",
    "contact_email": "where readers write to",
}


class Command(BaseCommand):
    help = (
        "Set up a newsroom: name, address (from WAYLIGHT_BASE_URL), sections, standing pages "
        "with words to begin with, and the default campaign. May be run again: what is there "
        "stays as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for field, meaning in WORDS.items():
            parser.add_argument(f"--{field.replace('_', '-')}", default="", help=meaning)
        parser.add_argument(
            "--section",
            action="append",
            default=[],
            metavar="TITLE",
            help="a section of the site; may be given several times, in their order",
        )
        parser.add_argument(
            "--also-in",
            action="append",
            default=[],
            choices=[code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE],
            help="another language of the site: its front page and standing pages",
        )
        parser.add_argument(
            "--section-in",
            action="append",
            default=[],
            nargs=3,
            metavar=("LANGUAGE", "ADDRESS", "TITLE"),
            help="a section's title in another language, such as: fr energy Énergie",
        )
        parser.add_argument(
            "--currency",
            choices=[code for code, _name in CURRENCIES],
            default=CURRENCIES[0][0],
            help="of the general fund, when it is made now",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """All of it or nothing; a line for each thing made."""
        try:
            with transaction.atomic(), override(settings.LANGUAGE_CODE):
                # Said only when all of it was done: a refusal undoes what came before it.
                lines = list(_found(options))
        except founding.CannotFound as problem:
            raise CommandError(str(problem)) from problem
        for line in lines:
            self.stdout.write(line)


def _found(options: dict[str, Any]) -> Iterator[str]:
    branding = founding.name_newsroom(**{field: options[field] for field in WORDS})
    site = founding.stand_at(settings.BASE_URL)
    yield f"{branding.name} stands at {site.root_url}."
    for title in options["section"]:
        section, made = founding.make_section(title)
        yield _line(f"Section “{section.title}”", made)
    workflow, made = founding.make_editing_workflow()
    yield _line(f"Workflow “{workflow.name}”", made)
    for purpose in founding.STANDING:
        page, made = founding.make_standing_page(purpose, *founding.default_standing_page(purpose))
        yield _line(f"Standing page “{page.title}”", made)
    for language in options["also_in"]:
        yield from _open(language)
    for language, slug, title in options["section_in"]:
        section, made = founding.make_section(title, language=language, translates=slug)
        yield _line(f"Section “{section.title}”", made)
    fund, made = founding.make_general_fund(
        moment=timezone.now(), time_zone=settings.TIME_ZONE, currency=options["currency"]
    )
    yield _line(f"Default campaign “{fund.title}”", made)


def _open(language: str) -> Iterator[str]:
    front, made = founding.open_language(language)
    yield _line(f"Front page in {front.locale.get_display_name()}", made)
    with override(language):
        for purpose in founding.STANDING:
            title, body = founding.default_standing_page(purpose)
            page, made = founding.make_standing_page(
                purpose, title, body, slug=slugify(title), language=language
            )
            yield _line(f"Standing page “{page.title}”", made)


def _line(what: str, made: bool) -> str:
    return f"{what}: {'made' if made else 'was there'}."
