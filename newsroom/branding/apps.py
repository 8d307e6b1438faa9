from django.apps import AppConfig


class BrandingConfig(AppConfig):
    name = "newsroom.branding"
    label = "branding"
