"""The demo newsroom made from its content: people, pages, stories with their corrections, comments,
a campaign and a month of gifts.

Everything goes through the functions the site itself uses, with moments of the past handed to
them; each part finds what is there already and makes only the rest, so that a build that was cut
off goes on where it stopped. `manage.py build_demo` runs the parts in order.
"""


class CannotBuild(Exception):
    """The demo newsroom cannot be built on; `str()` is a sentence that says why and what to do."""
