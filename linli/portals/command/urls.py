"""Addresses of the command centre."""

from __future__ import annotations

from django.urls import path

from linli.portals.command import now, questions, rooms

app_name = "command"
urlpatterns = [
    path("", now.now, name="now"),
    path("joint/", rooms.joint, name="joint"),
    path("cases/<str:number>/", rooms.room, name="room"),
    path("cases/<str:number>/decide/", rooms.minute, name="decide"),
    path("cases/<str:number>/<slug:step>/", rooms.press, name="press"),
    path("questions/", questions.questions, name="questions"),
]
