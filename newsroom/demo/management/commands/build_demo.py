"""`manage.py build_demo`: the demo newsroom, made or gone on with."""

import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from newsroom.demo.build import CannotBuild
from newsroom.demo.build.newsroom import Newsroom, write_newsroom
from newsroom.demo.build.season import give
from newsroom.demo.build.showing import Showing

GIFTS = 600
SEED = 1
TRICKLE_SECONDS = 15.0


class Command(BaseCommand):
    help = (
        "Build the demo newsroom through the site's own functions, or go on building it: what is "
        "there stays. Gifts are made through the Stripe sandbox."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--gifts", type=_count, default=GIFTS, help=f"how many ({GIFTS})")
        parser.add_argument(
            "--without-gifts", action="store_true", help="stories and comments only"
        )
        parser.add_argument("--seed", type=int, default=SEED, help="another seed, other gifts")
        parser.add_argument(
            "--trickle",
            type=float,
            default=TRICKLE_SECONDS,
            metavar="SECONDS",
            help=f"over how long the last gifts come in, dated now ({TRICKLE_SECONDS:g})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # A polite kill leaves the sandbox's clock right, as Ctrl-C does.
        signal.signal(signal.SIGTERM, _leave)
        try:
            with Showing(sys.stdout) as showing, override(settings.LANGUAGE_CODE):
                newsroom = write_newsroom(timezone.now(), showing)
                if not options["without_gifts"]:
                    self._give(newsroom, showing, options)
        except CannotBuild as problem:
            raise CommandError(str(problem)) from problem

    def _give(self, newsroom: Newsroom, showing: Showing, options: dict[str, Any]) -> None:
        give(
            newsroom,
            showing,
            count=options["gifts"],
            seed=options["seed"],
            trickle_seconds=options["trickle"],
        )


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ArgumentTypeError("a whole number from 0 on")
    return int(text)


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(143)
