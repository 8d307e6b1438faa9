"""The reader: an account named by its e-mail address. Editors and staff are readers too."""

from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class ReaderManager(BaseUserManager["Reader"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Reader":
        """A reader with `email` (kept in lower case). Without a password, sign-in is by code."""
        reader = self.model(email=email.strip().lower(), **fields)
        if password:
            reader.set_password(password)
        else:
            reader.set_unusable_password()
        reader.save(using=self._db)
        return reader

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Reader":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "Reader":
        return self.get(email=(email or "").lower())


class Reader(AbstractUser):
    """Signed in by a code in the mail. `public_name` is shown beside comments."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"), max_length=320, unique=True)
    public_name = models.CharField(_("public name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = ReaderManager()  # type: ignore[misc,assignment]

    class Meta:
        verbose_name = _("reader")
        verbose_name_plural = _("readers")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="reader_email_any_case"),
        ]

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    def save(self, *args: Any, **kwargs: Any) -> None:
        # An empty password would count as one that can be used.
        if not self.password:
            self.set_unusable_password()
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        """The name by which colleagues know them on the desk; empty when none was given."""
        return self.public_name or super().get_full_name()

    @property
    def name_shown(self) -> str:
        """What the public sees: never the address."""
        return self.get_full_name() or str(_("A reader"))
