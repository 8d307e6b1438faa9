"""`{% phone_srcset image as avif %}`: a picture as AVIF for phones (`articles/pictures.py`)."""

from django import template
from wagtail.images.models import AbstractImage

from articles import pictures

register = template.Library()


@register.simple_tag
def phone_srcset(image: AbstractImage) -> str:
    return pictures.phone_srcset(image)
