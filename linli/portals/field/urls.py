"""The field app's addresses; the service worker stands at their root, which is its scope."""

from __future__ import annotations

from django.urls import path

from linli.portals.field import acting, day, opening, pages, receiving, shell

app_name = "field"
urlpatterns = [
    path("", pages.to_do, name="to_do"),
    path("new/", pages.new, name="new"),
    path("new/<slug:kind>/", opening.report, name="report"),
    path("cases/<str:number>/", acting.case, name="case"),
    path("cases/<str:number>/<slug:step>/", acting.step, name="step"),
    path("map/", pages.grid, name="grid"),
    path("outbox/", pages.outbox, name="outbox"),
    path("outbox/<uuid:key>/", receiving.receive, name="receive"),
    path("photos/<uuid:key>/", receiving.photo, name="photo"),
    path("hello/", day.hello, name="hello"),
    path("day/", day.day, name="day"),
    path("codes/", day.codes, name="codes"),
    path("shell/", shell.shell, name="shell"),
    path("sw.js", shell.worker, name="worker"),
    path("manifest.webmanifest", shell.manifest, name="manifest"),
]
