"""Addresses that mail came back from: shown to staff, who may lift the hold."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from newsroom.furniture import acting, desk_page
from newsroom.mail import holds
from newsroom.mail.models import AddressHold
from newsroom.paging import page_by_key


@permission_required("mail.view_addresshold")
def index(request: HttpRequest) -> HttpResponse:
    """The newest first; POST lifts one."""
    if request.method == "POST":
        held = get_object_or_404(AddressHold, pk=request.POST.get("hold") or 0)
        if request.user.has_perm("mail.delete_addresshold") and held.address:
            holds.lift(held.address, acting(request))
            messages.success(request, _("Mail goes there again."))
        return redirect("letters_desk:holds")
    slice_ = page_by_key(AddressHold.objects.all(), request.GET.dict())
    page = desk_page(_("Held addresses"), icon="warning", page=slice_, rows=slice_.rows)
    return render(request, "letters/desk/holds.html", page)
