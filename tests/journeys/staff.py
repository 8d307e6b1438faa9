"""People of the desk who come in through its front door: a code by mail, then a passkey."""

import uuid

from django.contrib.auth.models import Group
from playwright.sync_api import Page

from newsroom.readers.models import Reader
from tests.comments.test_journey import hold_a_passkey, sign_in
from tests.stack import Stack


def somebody(role: str, name: str) -> Reader:
    """Someone with `role` as the stack's own table of roles has it, with an address of theirs."""
    mark = uuid.uuid4().hex[:8]
    reader = Reader.objects.create_user(f"staff-{mark}@newsroom.example", public_name=name)
    reader.is_staff = True
    reader.save()
    reader.groups.add(Group.objects.get(name=role))
    return reader


def come_in(page: Page, stack: Stack, who: Reader, path: str) -> None:
    """Sign in by code, set up the passkey that the desk asks for, and go on to `path`."""
    hold_a_passkey(page)
    page.goto(stack.site_url + path)
    sign_in(page, stack, who.email)
    page.get_by_text("The desk opens once you have set up a second factor").wait_for()
    page.goto(f"{stack.site_url}/account/2fa/webauthn/add/")
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/recovery-codes/**")
    page.goto(stack.site_url + path)
