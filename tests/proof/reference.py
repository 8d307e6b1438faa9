"""What the books must show, in few lines: gifts as Stripe has them, and what we have looked at."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(eq=False)
class Gift:
    """`levels` is what was left of it after each movement at Stripe; we know the first `seen`.

    A bank debit has none while it is on its way (`pending`); `bounced` says that its bank did not
    send it, or took it back. `thanked` and `told_bounced` are the letters its donor is owed.
    """

    amount: int
    email: str
    levels: list[int] = field(default_factory=list)
    charged_at: datetime | None = None
    seen: int = 0
    campaign: Any = None
    granted: int = 0
    standing: int = 0
    pending: bool = False
    bounced: bool = False
    on_its_way: int = 0
    thanked: bool = False
    told_bounced: bool = False

    @property
    def net(self) -> int:
        return self.levels[self.seen - 1] if self.seen else 0


@dataclass
class Books:
    """One campaign with a deadline and a match, and the default one for what comes too late."""

    campaign: Any
    default: Any
    ends_at: datetime
    percent: int
    room: int
    gifts: list[Gift] = field(default_factory=list)

    def look(self, gift: Gift) -> None:
        """Take up what moved since we last looked."""
        gift.on_its_way = gift.amount if gift.pending else 0
        if gift.pending:
            gift.campaign = self._belongs(gift)
        gift.thanked |= bool(gift.levels) and not gift.bounced
        gift.told_bounced |= gift.bounced
        for level in gift.levels[gift.seen :]:
            first, gift.seen = gift.seen == 0, gift.seen + 1
            if first:
                gift.campaign = self._belongs(gift)
                matched = gift.campaign is self.campaign
                gift.granted = min(level * self.percent // 100, self.room) if matched else 0
            earned = min(level * self.percent // 100, gift.granted)
            change = min(earned - gift.standing, self.room)
            gift.standing, self.room = gift.standing + change, self.room - change

    def _belongs(self, gift: Gift) -> Any:
        """By when it was given: what comes after the deadline is the default campaign's."""
        assert gift.charged_at
        return self.default if gift.charged_at >= self.ends_at else self.campaign

    def shows(self, campaign: Any) -> dict[str, int]:
        """The campaign's sums."""
        here = [gift for gift in self.gifts if gift.seen and gift.campaign == campaign]
        donors: dict[str, int] = {}
        for gift in here:
            donors[gift.email] = donors.get(gift.email, 0) + gift.net
        return {
            "raised": sum(gift.net + gift.standing for gift in here),
            "matched": sum(gift.standing for gift in here),
            "donations": sum(gift.net > 0 for gift in here),
            "donors": sum(net > 0 for net in donors.values()),
            "on_its_way": sum(g.on_its_way for g in self.gifts if g.campaign == campaign),
        }
