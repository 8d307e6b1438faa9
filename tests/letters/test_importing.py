"""An existing list is brought in with proof of consent; each bad line is named, none half done."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from newsroom.letters import importing, signing_up
from newsroom.letters.importing import bring_in
from newsroom.letters.models import Consent, Standing, Subscriber, Subscription
from tests.letters.made import a_newsletter, a_reader, now

pytestmark = pytest.mark.django_db

HEAD = "email,consented_on,proof,kind\n"


def run(newsletter, text: str, *, dry: bool = False):
    *bad, outcome = bring_in(StringIO(HEAD + text), newsletter, now(), dry=dry)
    return [each.number for each in bad], outcome


def test_good_lines_are_entered_with_their_proof_and_each_bad_one_is_named(newsletter) -> None:
    text = (
        "Ann+a@Example.org,2026-05-12,Form at the fair,\n"
        "nobody,2026-05-12,Form,\n"
        "ben@example.org,12 May,Form,\n"
        "cyd@example.org,2026-05-12,,\n"
        "dan@example.org,2999-01-01,Form,\n"
        "eve@example.org,2026-05-12,Gave,implied\n"
        "ANN+a@example.org,2026-05-12,Again,\n"
        '"fay@example.org\nBcc: x@y.org",2026-05-12,Form,\n'
    )
    bad, outcome = run(newsletter, text, dry=True)
    assert bad == [3, 4, 5, 6, 7, 10]
    assert not Subscriber.objects.exists()
    bad, outcome = run(newsletter, text)
    assert (outcome.entered, outcome.there, outcome.bad) == (1, 1, 6)
    given = Consent.objects.get()
    assert (given.proof, given.source, given.express) == ("Again", "import", True)
    assert Subscription.objects.get().standing == Standing.ACTIVE
    assert run(newsletter, text)[1].entered == 0


def test_nobody_who_left_is_brought_back_and_implied_consent_runs_out(newsletter, settings) -> None:
    left = a_reader("left@example.org", newsletter)
    signing_up.unsubscribe(left.subscriptions.get().token, now())
    gone = a_reader("gone@example.org", a_newsletter("Other"))
    signing_up.erase_address(gone.email, now())
    settings.IMPLIED_CONSENT = True
    lately, long_ago = ((now() - timedelta(days=d)).date() for d in (30, 800))
    text = (
        f"left@example.org,{lately},Form,\ngone@example.org,{lately},Form,\n"
        f"gave@example.org,{lately},Gave,implied\nonce@example.org,{long_ago},Gave,implied\n"
    )
    bad, outcome = run(newsletter, text)
    assert (bad, outcome.entered, outcome.suppressed) == ([5], 1, 2)
    active = Subscription.objects.get(standing=Standing.ACTIVE, newsletter=newsletter)
    assert active.consent_until.date() == lately + importing.IMPLIED_FOR


def test_a_large_list_cut_off_in_its_middle_leaves_nothing(newsletter, monkeypatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 100)

    def lines():
        yield HEAD
        for number in range(450):
            yield f"r{number}@example.org,2026-05-12,Form,\n"
        raise OSError("the disk went away")

    with pytest.raises(OSError, match="disk"):
        list(bring_in(lines(), newsletter, now(), dry=False))
    assert not Subscriber.objects.exists()


def test_the_command_says_what_it_would_do_and_does_it_when_told(newsletter, tmp_path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(HEAD + "ann@example.org,2026-05-12,Form,\nx,2026-05-12,Form,\n")
    for more, word, count in (((), "Would enter 1", 0), (("--enter",), "Entered 1", 1)):
        out, err = StringIO(), StringIO()
        call_command("import_subscribers", str(file), "--newsletter", newsletter.slug, *more,
                     stdout=out, stderr=err)  # fmt: skip
        assert word in out.getvalue()
        assert "Line 3:" in err.getvalue()
        assert Subscriber.objects.count() == count
    file.write_text("name\nann\n")
    with pytest.raises(CommandError, match="missing: email, consented_on, proof"):
        call_command("import_subscribers", str(file), "--newsletter", newsletter.slug)
