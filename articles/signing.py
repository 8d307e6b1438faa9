"""By what public name the newsroom's people sign what they publish."""

from newsroom.readers.models import Reader


def public_name(reader: Reader | None) -> str:
    """The name on the person's own page, else the account's; never an e-mail address. "" for
    None."""
    if reader is None:
        return ""
    person = getattr(reader, "person", None)
    return person.name if person else reader.name_shown
