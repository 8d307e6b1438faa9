"""By what right a picture is shown, and until when."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImageRights(models.Model):
    """At most one row for a picture; none where nobody wrote anything down.

    `expires_on` is the last day, in the newsroom's zone, on which it may be shown; None: no end.
    """

    image = models.OneToOneField(
        "wagtailimages.Image", on_delete=models.CASCADE, related_name="rights"
    )
    holder = models.CharField(_("rights holder"), max_length=160, blank=True)
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    expires_on = models.DateField(_("may be shown until"), null=True, blank=True)

    class Meta:
        verbose_name = _("picture's rights")
        verbose_name_plural = _("pictures' rights")
        indexes = [
            models.Index(
                fields=["expires_on"],
                condition=models.Q(expires_on__isnull=False),
                name="rights_that_end",
            )
        ]
