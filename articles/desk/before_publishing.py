"""“Before you publish”: what to look at in this draft, as it was saved last. It blocks nothing."""

from typing import Any

from django.utils import timezone
from wagtail.admin.panels import Panel

from articles.checks import links_in, warnings
from articles.links import states_of
from articles.picture_rights import newsroom_day, rights_of
from articles.story import reading_minutes
from articles.versions import body_words, content_of


class BeforePublishingPanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "articles/desk/before_publishing.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            content = content_of(self.instance, files=False)
            count = body_words(content)
            context["word_count"] = count
            context["minutes"] = reading_minutes(count)
            context["warnings"] = warnings(
                content,
                states_of(url for _text, url in links_in(content)),
                rights_of(content),
                newsroom_day(self.instance.go_live_at or timezone.now()),
            )
            return context
