"""Against card testing: who must do some work before a Checkout opens, and what is refused.

Thieves try stolen cards where small payments are easy: thousands of form posts, from many
addresses, most of them declined (https://docs.stripe.com/disputes/prevention/card-testing).
Nobody is ever turned away for good: who exceeds a rate is asked for work that grows, and who
cannot do it gets a link by mail. So a donor behind an attacker's address still gives.
"""

from dataclasses import dataclass

# Within ten minutes one address may send so many forms before work is asked for.
FREE_TRIES = 5
# The busiest ten minutes that a small newsroom has to expect before anything is learnt.
LEAST_USUAL = 10
# So many times the usual is no busy day any more.
TIMES_USUAL = 2
# So many declines within ten minutes are no bad luck any more.
DECLINES_OF_AN_ATTACK = 8
# How often the work doubles at most: some ten seconds on a phone.
MOST_DOUBLINGS = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known when a form comes in, this one included.

    Of the last ten minutes: `tries` from this address, `tries_of_all` and `declines_of_all`; of
    the last day: `declines` that came of this address. `usual` is the number of tries in the
    busiest ten minutes of the last weeks.
    """

    tries: int = 1
    tries_of_all: int = 1
    declines: int = 0
    declines_of_all: int = 0
    usual: int = LEAST_USUAL

    @property
    def attack(self) -> bool:
        """Whether what happens now is no readers' doing. Where more is usual, so is bad luck."""
        busy = max(1, self.usual // LEAST_USUAL)
        return (
            self.declines_of_all >= DECLINES_OF_AN_ATTACK * busy
            or self.tries_of_all > TIMES_USUAL * self.usual
        )


def doublings(seen: Seen, free: int = FREE_TRIES) -> int | None:
    """How often the least work is doubled for who sent this form; None when none is asked."""
    over = seen.tries - free
    if over <= 0 and not seen.declines and not seen.attack:
        return None
    return min(MOST_DOUBLINGS, max(0, over) + seen.declines)


def refuses_small(seen: Seen, amount: int, least: int) -> bool:
    """Whether `amount` is what thieves try cards with, while they do; minor units of the campaign's
    currency, `least` too."""
    return seen.attack and amount < least
