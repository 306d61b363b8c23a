"""The addresses of GeoReport v2, each ending in the format that is wanted."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from linli.portals.open311 import views


class Format(StringConverter):
    """The two formats."""

    regex = "xml|json"


register_converter(Format, "format")

app_name = "open311"
urlpatterns = [
    path("v2/discovery.<format:form>", views.discovery, name="discovery"),
    path("v2/services.<format:form>", views.services, name="services"),
    path("v2/services/<str:code>.<format:form>", views.service, name="service"),
    path("v2/requests.<format:form>", views.requests, name="requests"),
    path("v2/requests/<str:number>.<format:form>", views.request, name="request"),
    path("v2/tokens/<str:token>.<format:form>", views.token, name="token"),
    path("v2/servicerequestupdates.<format:form>", views.request_updates, name="updates"),
    path("v2/", views.elsewhere, name="root"),
    path("v2/<path:rest>.json", views.elsewhere, {"form": "json"}),
    path("v2/<path:rest>", views.elsewhere, name="elsewhere"),
]
