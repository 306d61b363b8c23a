"""The addresses a system follows this place by."""

from __future__ import annotations

from django.urls import path

from linli.portals.feeds import views

app_name = "feeds"
urlpatterns = [
    path("v1/feed", views.feed, name="feed"),
    path("v1/dictionary", views.dictionary, name="dictionary"),
]
