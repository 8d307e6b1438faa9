"""The front page takes the place of Wagtail's welcome page."""

from django.db import migrations


def create_front_page(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Locale = apps.get_model("wagtailcore", "Locale")
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    FrontPage = apps.get_model("articles", "FrontPage")

    Site.objects.all().delete()
    Page.objects.filter(depth=2).delete()
    locale, _made = Locale.objects.get_or_create(language_code="en")
    kind, _made = ContentType.objects.get_or_create(model="frontpage", app_label="articles")
    front = FrontPage.objects.create(
        title="Front page",
        draft_title="Front page",
        slug="front",
        content_type=kind,
        path="00010001",
        depth=2,
        numchild=0,
        url_path="/front/",
        locale=locale,
    )
    Page.objects.filter(depth=1).update(numchild=1)
    Site.objects.create(hostname="localhost", port=80, root_page=front, is_default_site=True)


def remove_front_page(apps, schema_editor):
    apps.get_model("wagtailcore", "Site").objects.all().delete()
    apps.get_model("articles", "FrontPage").objects.filter(slug="front", depth=2).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0003_append_only"),
        ("wagtailcore", "0054_initial_locale"),
    ]
    operations = [migrations.RunPython(create_front_page, remove_front_page)]
