"""Taking a request in: from the arguments of Open311 to the opening form of the kind, and the receipt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, Refusal, fields_called
from linli.base.text import half_width, tidy
from linli.cases.follow import follow_code
from linli.cases.opening import Opened, Origin
from linli.cases.steps import open_case
from linli.exchange.handling import require_source_open
from linli.exchange.models import Foreign, Source
from linli.exchange.sources import took_in
from linli.portals.open311.asking import OWN_NUMBERS, own_number
from linli.portals.open311.door import Asker, unreadable
from linli.portals.open311.offer import CONDITION, Service, argument_names, service_of
from linli.portals.open311.rendering import Node
from linli.posts.actor import PartyActor
from linli.web.times import day_words

MULTIPART = "multipart/form-data"
FORMS = {"application/x-www-form-urlencoded", MULTIPART}
REPORTER = PartyActor("reporter")
SAID = ("description", "lat", "long", "address_string", "address_id")
PLACES = (("lat", "long"), ("address_string",), ("address_id",))
NOT_KEPT = ("email", "device_id", "account_id", "media_url")
_PERSON = {"name": "first_name", "phone": "phone"}
_ATTRIBUTE = re.compile(r"attribute\[([^\]]{1,60})\](?:\[\])?")
_GAP = "\N{REPLACEMENT CHARACTER}"
_HAN = re.compile(r"[\u3400-\u9fff]")


def take_request(asker: Asker) -> Node:
    """Open a case for what a source sent, once however often it sends it; the receipt as the specification has it."""
    source, request = asker.known, asker.request
    require_form(request)
    require_source_open(source)
    service = service_of(half_width(_argument(request, "service_code")))
    attributes = _attributes(request)
    number = own_number(request.POST)
    said = "\n".join(
        [service.code, attributes.get(CONDITION, ""), *(_argument(request, name) for name in SAID)]
    )
    origin = Origin.of(f"open311/{source.code}", number, said.encode()) if number else None
    opened = _taken_before(source, number, origin) or _open(request, (service, attributes), source, origin)
    took_in(source, number or opened.number, opened.case, again=opened.again)
    return {
        "service_request_id": opened.number,
        "service_notice": _notice(request, opened, attributes),
        "account_id": None,
    }


def require_form(request: HttpRequest) -> None:
    """Refuse a body that is no form, or one whose words would be kept as question marks."""
    if request.content_type not in FORMS:
        raise Refusal(
            _("Send a form: Content-Type application/x-www-form-urlencoded or multipart/form-data.")
        )
    if _in_another_encoding(request):
        raise unreadable()


def _in_another_encoding(request: HttpRequest) -> bool:
    """Whether words could not be read as UTF-8: such as the GBK of older systems, which Django reads with gaps."""
    given = (value for _name, values in request.POST.lists() for value in values)
    if not any(_GAP in value for value in given):
        return False
    sent_as_such = request.content_type != MULTIPART and _GAP.encode() in unquote_to_bytes(request.body)
    return not sent_as_such


def _argument(request: HttpRequest, name: str) -> str:
    return tidy(request.POST.get(name, ""))


def _attributes(request: HttpRequest) -> dict[str, str]:
    found = {}
    for name, value in request.POST.items():
        if match := _ATTRIBUTE.fullmatch(name):
            found[match.group(1)] = tidy(str(value))
    return found


def _taken_before(source: Source, number: str, origin: Origin | None) -> Opened | None:
    """The first receipt again, for the same number with the same words."""
    if origin is None:
        return None
    row = Foreign.objects.filter(source=source, number=number).select_related("case").first()
    if row is None:
        return None
    case = row.case
    if case.origin_digest != origin.digest:
        raise Conflict(
            _("You sent this number of your own before, with other content: it is %(number)s here.")
            % {"number": case.number}
        )
    return Opened(case.pk, case.number, follow_code(case.pk), case.due, again=True)


def _open(
    request: HttpRequest, asked: tuple[Service, Mapping[str, str]], source: Source, origin: Origin | None
) -> Opened:
    service, attributes = asked
    names = argument_names(service.kind)
    _require_place(request)
    data: dict[str, Any] = {names[each]: _argument(request, each) for each in SAID if each in names}
    data[names["service_code"]] = service.category.code
    data[names["description"]] = _words(request, service, attributes)
    data |= {"name": _called(request), "phone": _argument(request, "phone"), "channel": source.code}
    files = MultiValueDict({names["media"]: photos_of(request)}) if "media" in names else None
    with fields_called({**{field: argument for argument, field in names.items()}, **_PERSON}):
        return open_case(service.kind.name, data, by=REPORTER, origin=origin, files=files)


def photos_of(request: HttpRequest) -> list[Any]:
    """Every file that was sent: the specification gives them no name, and FixMyStreet numbers its own."""
    return [photo for _name, photos in request.FILES.lists() for photo in photos]


def _require_place(request: HttpRequest) -> None:
    if not any(all(_argument(request, name) for name in place) for place in PLACES):
        raise Invalid(
            fields={"lat": [_("Say where: lat and long, or address_string, or address_id (a place's code).")]}
        )


def _words(request: HttpRequest, service: Service, attributes: Mapping[str, str]) -> str:
    """What the reporter wrote; without words, what was chosen says it."""
    words = _argument(request, "description") or str(service.category)
    condition = attributes.get(CONDITION, "")
    if not condition:
        return words
    if condition not in service.conditions:
        sentence = _("Choose one of the values of the service definition, or leave it out.")
        raise Invalid(fields={f"attribute[{CONDITION}]": [sentence]})
    return f"{words}\n{condition}"


def _called(request: HttpRequest) -> str:
    """One name from two, in the order of its language."""
    first, last = _argument(request, "first_name"), _argument(request, "last_name")
    return f"{last}{first}" if _HAN.search(first + last) else f"{first} {last}".strip()


def _notice(request: HttpRequest, opened: Opened, attributes: Mapping[str, str]) -> str:
    """What the reporter has to know, through the source that asked for it; and what was not kept."""
    query = urlencode({"number": opened.number})
    said = {
        "number": opened.number,
        "code": opened.follow_code,
        "address": request.build_absolute_uri(f"{reverse('resident:follow')}?{query}"),
    }
    lines = [_("Number %(number)s, code %(code)s. With both it can be followed at %(address)s.") % said]
    if opened.promised_by:
        lines.append(_("Promised by %(day)s.") % {"day": day_words(opened.promised_by)})
    if lost := [*_not_kept(request), *(each for each in attributes if each not in {CONDITION, *OWN_NUMBERS})]:
        lines.append(
            _("Not kept: %(names)s. Links are not opened; send photos as files named “media”.")
            % {"names": ", ".join(lost[:20])}
        )
    lines.append(_("This is no emergency line: in danger call 110, 119 or 120."))
    return " ".join(lines)


def _not_kept(request: HttpRequest) -> list[str]:
    return [name for name in NOT_KEPT if _argument(request, name)]
