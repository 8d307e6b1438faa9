"""`manage.py publish_head`: tell today's head of the record, as beat does each day."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles.heads import HeadLost, heads_file, publish_head


class Command(BaseCommand):
    help = "Sign today's head of the record; put it into the feeds, staff's mail and the file."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the signed line. Exit 1 when an earlier head is lost or the file not written."""
        try:
            head = publish_head(timezone.now())
        except HeadLost as lost:
            raise CommandError(str(lost)) from None
        except OSError as error:
            raise CommandError(f"{heads_file()} cannot be written: {error.strerror}") from None
        self.stdout.write(head.line)
