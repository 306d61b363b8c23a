"""The addresses of API v1: the same for every kind."""

from __future__ import annotations

from django.urls import path

from linli.portals.api import documentation, views

app_name = "api"
urlpatterns = [
    path("v1/openapi.json", documentation.openapi, name="openapi"),
    path("v1/docs", documentation.docs, name="docs"),
    path("v1/<str:kind>", views.cases, name="cases"),
    path("v1/<str:kind>/<str:number>", views.case, name="case"),
    path("v1/<str:kind>/<str:number>/papers", views.papers, name="papers"),
    path("v1/<str:kind>/<str:number>/papers/<uuid:paper>", views.paper, name="paper"),
    path("v1/<str:kind>/<str:number>/<str:step>", views.step, name="step"),
]
