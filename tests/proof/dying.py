"""A process that dies after its n-th step: a database statement, an HTTP call, a word of SMTP.

    for steps in count(1):
        died_after = die_after(steps, lambda: sync.sync_payment(payment))
        ...                                # try again, and look
        if died_after is None:             # it had no so-manieth step: it came to its end
            break

The steps are counted as they happen, so none is missed when the code changes.
"""

import os
import smtplib
import threading
import traceback
from collections.abc import Callable

import requests
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

_KILLED, _FAILED = 17, 18
_LONGEST = 4000


def die_after(steps: int, act: Callable[[], object]) -> str | None:
    """Fork, `act` in the child, and end it at once (no exit handler, no rollback said to anybody)
    after so many steps. What the last step was; None when the child came to its end before."""
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        # In a thread of its own, whose connections to database and Stripe are its own as well.
        thread = threading.Thread(target=_live, args=(steps, act, tell))
        thread.start()
        thread.join()
        os._exit(0)
    os.close(tell)
    with os.fdopen(hear, "rb") as heard:
        said = heard.read().decode(errors="replace")
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code == _KILLED:
        return said
    if code != 0:
        raise AssertionError(f"The child failed by itself:\n{said}")
    return None


def _live(steps: int, act: Callable[[], object], tell: int) -> None:
    left = steps

    def step(what: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.write(tell, " ".join(what.split())[:_LONGEST].encode())
            os._exit(_KILLED)

    def statement(execute, sql, parameters, many, context):  # type: ignore[no-untyped-def]
        answer = execute(sql, parameters, many, context)
        step(f"SQL {sql}")
        return answer

    _after(BaseDatabaseWrapper, "_commit", lambda *_: step("COMMIT"))
    _after(requests.Session, "send", lambda _self, asked, **_: step(f"HTTP {asked.url}"))
    _after(smtplib.SMTP, "getreply", lambda *_: step("SMTP reply"))
    try:
        with connection.execute_wrapper(statement):
            act()
    except BaseException:
        os.write(tell, traceback.format_exc()[-_LONGEST:].encode())
        os._exit(_FAILED)


def _after(owner: type, name: str, then: Callable[..., None]) -> None:
    """Do `then` after each call of the method; in the child alone, which nobody uses afterwards."""
    method = getattr(owner, name)

    def wrapped(*args: object, **more: object) -> object:
        answer = method(*args, **more)
        then(*args, **more)
        return answer

    setattr(owner, name, wrapped)
