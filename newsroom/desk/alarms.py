"""Something broke: whoever wishes it is told once, by the queue that still works.

When queue, worker or mail server are what broke, nobody can be told by mail: a watch from outside
on `/readyz` is for that (docs/mails.md).
"""

from datetime import datetime

from campaigns import alarms
from newsroom.desk.health import State, health

NEEDS = "campaigns.view_inboxevent"


def watch_health(moment: datetime) -> int:
    """Begin an alarm for each part that is broken, end it for each that is well; how many began."""
    began = 0
    for check in health(moment).checks:
        about = f"health:{check.key}"
        if check.state is State.BROKEN:
            context = {"check": check, "moment": moment, "address": "/desk/health/"}
            began += alarms.begin(about, moment, "staff_broken", context, needs=NEEDS)
        else:
            alarms.end(about, moment)
    return began
