"""Who is in the demo newsroom: the three to sign in as, its journalists, and what they write on."""

from dataclasses import dataclass
from typing import Final

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from articles.models import Person, Topic
from newsroom import roles
from newsroom.demo import EDITOR, READER, READER_NAME, STAFF
from newsroom.demo.build import CannotBuild
from newsroom.demo.build.gallery import Gallery
from newsroom.demo.content import DemoContent
from newsroom.demo.content.shapes import Person as Journalist
from newsroom.readers.accounts import find_or_open
from newsroom.readers.models import Reader

# The editor to sign in as is the one who publishes the stories.
EDITOR_IN_CHIEF: Final = "maren-ostrander"
STANDARDS: Final = "devlin-achterberg"
# Writes for the newsroom without working there: a page, no account.
CONTRIBUTOR: Final = "Contributor"
STAFFS_NAME: Final = "Ottilie Brandvold"


@dataclass(frozen=True, slots=True)
class Cast:
    """People and topics by slug; the accounts that act in the demo."""

    people: dict[str, Person]
    topics: dict[str, Topic]
    editor: Reader
    staff: Reader

    def account(self, slug: str) -> Reader:
        """The account of a journalist; the editor's for who has none."""
        return self.people[slug].reader or self.editor

    def named(self, name: str) -> Person:
        """The person of that name. Raises `KeyError`."""
        for person in self.people.values():
            if person.name == name:
                return person
        raise KeyError(name)


def sign_ins(content: DemoContent) -> tuple[Reader, Reader]:
    """The reader, the editor and the staff to sign in as; gives back editor and staff."""
    open_account(READER, READER_NAME)
    chief = next(person for person in content.people if person.slug == EDITOR_IN_CHIEF)
    editor = open_account(EDITOR, chief.name, role=roles.EDITOR)
    return editor, open_account(STAFF, STAFFS_NAME, role=roles.ADMINISTRATOR)


def gather(content: DemoContent, gallery: Gallery, editor: Reader, staff: Reader) -> Cast:
    """Everybody with a page of their own, and every topic."""
    topics = {
        topic.slug: Topic.objects.get_or_create(slug=topic.slug, defaults={"name": topic.name})[0]
        for topic in (*content.topics, *content.french.topics)
    }
    people = {who.slug: _person(who, gallery, editor) for who in content.people}
    return Cast(people=people, topics=topics, editor=editor, staff=staff)


def open_account(email: str, public_name: str, *, role: str = "") -> Reader:
    """An account whose address is proven, as if its code had come back; with the rights of `role`.

    What its owner changed since stays. Raises `CannotBuild` for one that was closed.
    """
    reader = Reader.objects.filter(email=email).first() or find_or_open(email)
    if reader is None:
        raise CannotBuild(f"The account {email} was closed: `make demo-reset` starts afresh.")
    address = EmailAddress.objects.get(user=reader, email=reader.email)
    if not address.verified:
        address.set_verified()
    if not reader.public_name:
        reader.public_name = public_name
        reader.save(update_fields=["public_name"])
    if role:
        reader.groups.add(Group.objects.get(name=role))
    return reader


def _person(who: Journalist, gallery: Gallery, editor: Reader) -> Person:
    person = Person.objects.select_related("reader").filter(slug=who.slug).first()
    if person:
        return person
    return Person.objects.create(
        slug=who.slug,
        name=who.name,
        role=who.role,
        biography=who.biography,
        portrait=gallery.portrait(who),
        reader=_account(who, editor),
    )


def _account(who: Journalist, editor: Reader) -> Reader | None:
    if who.slug == EDITOR_IN_CHIEF:
        return editor
    if who.role == CONTRIBUTOR:
        return None
    role = roles.STANDARDS_EDITOR if who.slug == STANDARDS else roles.REPORTER
    return open_account(who.email, who.name, role=role)
