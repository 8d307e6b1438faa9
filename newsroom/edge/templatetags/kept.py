"""`{% kept "name" value … %} … {% endkept %}`: a part of a page that shows these values and nothing
else, rendered once for them (`newsroom/edge/fragments.py`)."""

import logging

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from newsroom.edge.fragments import frozen, kept

log = logging.getLogger(__name__)
register = template.Library()


class KeptNode(template.Node):
    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, name: str, values: list[FilterExpression]) -> None:
        self.nodelist, self.name, self.values = nodelist, name, values

    def render(self, context: Context) -> SafeString:
        try:
            shown = tuple([frozen(value.resolve(context, True)) for value in self.values])
        except TypeError as error:
            # A page is worth more than its speed.
            log.error("the part %s is not kept: %s", self.name, error)
            return self.nodelist.render(context)
        return kept(
            (self.name, get_language(), shown),
            lambda: self.nodelist.render(context),
        )


@register.tag("kept")
def keep(parser: Parser, token: Token) -> KeptNode:
    """The name tells parts of equal values apart; it is unique in the site."""
    _tag, name, *values = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, name, [parser.compile_filter(value) for value in values])
