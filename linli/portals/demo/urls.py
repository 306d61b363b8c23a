"""Addresses of the guided tour; conf hangs them in only where the demo runs."""

from __future__ import annotations

from django.urls import path

from linli.portals.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.tour, name="tour"),
    path("as/<slug:role>/", views.become, name="become"),
    path("story/begin/", views.story_begin, name="story_begin"),
    path("story/on/", views.story_on, name="story_on"),
    path("again/", views.again, name="again"),
]
