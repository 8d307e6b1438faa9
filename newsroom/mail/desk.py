"""The outbox as staff see it: each mail with its state, and as it was sent. Nothing is edited."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin.auth import permission_required
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView, InspectView

from newsroom.mail import outbox
from newsroom.mail.models import MailState, OutboxMail
from newsroom.mail.sending import message_id
from newsroom.watching import WatchedViewSet


class OutboxIndex(IndexView):
    def get_base_queryset(self) -> QuerySet[OutboxMail]:
        # The words are long and the list does not show them.
        return super().get_base_queryset().defer("text", "html")


class MailView(InspectView):
    """One mail as it went out. Of confidential mail, and of mail whose links open what is its
    reader's alone, only that it did."""

    page_title = gettext_lazy("E-mail")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mail = self.object
        return super().get_context_data(
            mail=mail,
            message_id=message_id(mail),
            confidential=mail.kind in outbox.CONFIDENTIAL,
            with_key=mail.kind in outbox.WITH_KEY,
            can_try_again=mail.state == MailState.FAILED
            and mail.kind not in outbox.CONFIDENTIAL
            and self.user_has_permission("change"),
            **kwargs,
        )


@require_POST
@permission_required("mail.change_outboxmail")
def try_again(request: HttpRequest, pk: int) -> HttpResponse:
    mail = get_object_or_404(OutboxMail, pk=pk)
    assert request.user.is_authenticated
    try:
        outbox.try_again(mail, request.user, timezone.now())
    except outbox.CannotTryAgain as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The mail is owed again and goes out in a moment."))
    return redirect("outbox:inspect", pk)


class OutboxViewSet(WatchedViewSet):
    model = OutboxMail
    name = "outbox"
    icon = "mail"
    menu_label = gettext_lazy("Outbox")
    menu_order = 800
    inspect_template_name = "mail/desk/mail.html"
    index_view_class = OutboxIndex
    inspect_view_class = MailView
    ordering = "-id"
    list_filter = ("state", "kind")
    search_fields = ("to", "dedupe_key")
    list_display = (
        TitleColumn("subject", label=gettext_lazy("Subject"), url_name="outbox:inspect"),
        Column("to", label=gettext_lazy("To")),
        Column("kind", label=gettext_lazy("Kind"), sort_key="kind"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="get_state_display",
            primary=lambda mail: mail.state == MailState.SENT,
            sort_key="state",
        ),
        Column("attempts", label=gettext_lazy("Attempts")),
        DateColumn("created_at", label=gettext_lazy("Written"), sort_key="created_at"),
        DateColumn("sent_at", label=gettext_lazy("Sent"), sort_key="sent_at"),
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/try-again/", try_again, name="try_again"),
        ]
