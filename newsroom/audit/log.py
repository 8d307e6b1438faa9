"""Writing the audit log: one call beside the act, in the same transaction."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model

from newsroom.audit.models import AuditEntry


def record(
    actor: AbstractBaseUser | None, verb: str, target: Model, summary: str, **details: Any
) -> AuditEntry:
    """Append one entry. `actor` None means the system itself."""
    return AuditEntry.objects.create(
        actor_id=actor.pk if actor else None,
        verb=verb,
        target=f"{target._meta.label_lower}:{target.pk}",
        summary=summary,
        details=details,
    )
