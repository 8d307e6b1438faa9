"""`manage.py rebuild_search`: write anew what readers' search looks in, story by story."""

from typing import Any

from django.core.management.base import BaseCommand

from articles.search_index import rebuild


class Command(BaseCommand):
    help = "Write every published story's search entry anew; readers may search meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        for done in rebuild():
            if self.stderr.isatty():
                self.stderr.write(f"\r{done} stories", ending="")
                self.stderr.flush()
        self.stdout.write(f"{done} stories can be searched.")
