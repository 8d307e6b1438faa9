urlpatterns: list = []
machine_urlpatterns: list = []
