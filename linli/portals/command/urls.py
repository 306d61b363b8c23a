"""Addresses of the command centre."""

from __future__ import annotations

from django.urls import path

from linli.portals.command import alerts, briefing, now, outline, questions, rooms, shifts, trends

app_name = "command"
urlpatterns = [
    path("", now.now, name="now"),
    path("joint/", rooms.joint, name="joint"),
    path("cases/<str:number>/", rooms.room, name="room"),
    path("outline/<str:number>/", outline.outline, name="outline"),
    path("cases/<str:number>/decide/", rooms.minute, name="decide"),
    path("cases/<str:number>/<slug:step>/", rooms.press, name="press"),
    path("questions/", questions.questions, name="questions"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/rules/<int:key>/end/", alerts.end_rule, name="end_alert_rule"),
    path("alerts/<int:key>/seen/", alerts.acknowledge, name="acknowledge"),
    path("shifts/", shifts.book, name="shifts"),
    path("shifts/hand-over/", shifts.hand_over, name="hand_over"),
    path("shifts/<uuid:key>/take-over/", shifts.take_over, name="take_over"),
    path("trends/", trends.trends, name="trends"),
    path("trends/file/", trends.trends_file, name="trends_file"),
    path("briefing/", briefing.briefing, name="briefing"),
    path("briefing/file/", briefing.briefing_file, name="briefing_file"),
]
