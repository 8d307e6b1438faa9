"""The gallery's address, for development, the demo and tests."""

from django.urls import path

from newsroom.desk.gallery import gallery

urlpatterns = [path("gallery/", gallery, name="gallery")]
