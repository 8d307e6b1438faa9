from articles.models import Article


def join(model, preview_context):
    pass
