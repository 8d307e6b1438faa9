"""People and topics on the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.log_actions import get_active_log_context
from wagtail.snippets.views.snippets import SnippetViewSet

from articles.models import Person, Topic
from articles.renaming import save_person, shown_on


class PersonForm(WagtailAdminModelForm):
    """A person's form; a changed name that stories show asks why, and readers see the answer."""

    why_renamed = forms.CharField(
        label=gettext_lazy("Why the name changes"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "Only for a changed name. Each published story that shows it gets a version with this "
            "reason in its history."
        ),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        renamed = self.instance.pk and "name" in self.changed_data
        if renamed and not data.get("why_renamed") and (stories := shown_on(self.instance)):
            self.add_error(
                "why_renamed",
                ngettext(
                    "%(n)d published story shows this name. Say why it changes.",
                    "%(n)d published stories show this name. Say why it changes.",
                    stories,
                )
                % {"n": stories},
            )
        return data

    def save(self, commit: bool = True) -> Person:
        if commit:
            by = get_active_log_context().user
            save_person(self.instance, by=by, reason=self.cleaned_data.get("why_renamed") or "")
        saved: Person = super().save(commit=commit)
        return saved


class PersonViewSet(SnippetViewSet):
    model = Person
    icon = "user"
    menu_label = gettext_lazy("People")
    menu_order = 260
    add_to_admin_menu = True
    list_display = ("name", "role")
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("why_renamed"),
            *[panel for panel in Person.panels if panel.field_name != "name"],
        ],
        base_form_class=PersonForm,
    )


class TopicViewSet(SnippetViewSet):
    model = Topic
    icon = "tag"
    menu_label = gettext_lazy("Topics")
    menu_order = 270
    add_to_admin_menu = True
    list_display = ("name", "description")
