"""The addresses of GeoReport v2: its six methods, the discovery document, and updates in both directions."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.base.errors import NotFound
from linli.portals.open311 import asking, offer, reading, updates
from linli.portals.open311.door import SERVICES_PER_MINUTE, Asker, entrance
from linli.portals.open311.posting import take_request
from linli.portals.open311.rendering import TYPES, Reply

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
REQUESTS, UPDATES = "service_requests", "service_request_updates"


@entrance("GET", "HEAD", per_minute=SERVICES_PER_MINUTE)
def discovery(asker: Asker) -> Reply:
    """Where which formats are served, and whom to ask."""
    call = {"place": settings.PLACE_NAME or "Linli", "telephone": settings.PLACE_TELEPHONE}
    endpoint = {
        "specification": SPECIFICATION,
        "url": asker.request.build_absolute_uri(reverse("open311:root")).rstrip("/"),
        "changeset": offer.changed_at(),
        "type": "test" if settings.DEMO else "production",
        "formats": [each.partition(";")[0] for each in TYPES.values()],
    }
    content = {
        "changeset": offer.changed_at(),
        "contact": _("%(place)s, telephone %(telephone)s") % call,
        "key_service": _("The administrator of %(place)s gives an api_key; telephone %(telephone)s") % call,
        "endpoints": [endpoint],
    }
    return Reply("discovery", content)


@entrance("GET", "HEAD", per_minute=SERVICES_PER_MINUTE)
def services(asker: Asker) -> Reply:
    """What can be asked for."""
    return Reply("services", [offer.listed(each) for each in offer.services()])


@entrance("GET", "HEAD", per_minute=SERVICES_PER_MINUTE)
def service(asker: Asker, code: str) -> Reply:
    """What may be asked beside the usual arguments."""
    return Reply("service_definition", offer.definition(offer.service_of(code)))


@entrance("GET", "HEAD", "POST")
def requests(asker: Asker) -> Reply:
    """Take a request in (POST), or list those that may be seen (GET)."""
    if asker.request.method == "POST":
        return Reply(REQUESTS, [take_request(asker)])
    return Reply(REQUESTS, reading.requests(asker, asking.wanted(asker.request.GET)))


@entrance("GET", "HEAD")
def request(asker: Asker, number: str) -> Reply:
    """One request."""
    return Reply(REQUESTS, reading.request(asker, number))


@entrance("GET", "HEAD")
def token(asker: Asker, token: str) -> Reply:
    """The number behind a token. Requests get their number at once here, so it is its own token."""
    found = reading.request(asker, token)[0]
    return Reply(REQUESTS, [{"service_request_id": found["service_request_id"], "token": token}])


@entrance("GET", "HEAD", "POST")
def request_updates(asker: Asker) -> Reply:
    """What became of the source's own requests (GET), or what a reporter says to it (POST)."""
    if asker.request.method == "POST":
        return Reply(UPDATES, [updates.take_update(asker)])
    return Reply(UPDATES, updates.updates(asker, asking.wanted(asker.request.GET)))


@entrance("GET", "HEAD", "POST")
def elsewhere(asker: Asker, rest: str = "") -> Reply:
    """Every other address below this door; the format it ends in is that of the answer."""
    raise NotFound(
        _("There is nothing at this address. Addresses end in .xml or .json, such as services.xml.")
    )
