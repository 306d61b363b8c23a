"""Who may open which address. Every address of the product is in this table, or the tests fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from fnmatch import fnmatchcase
from importlib import import_module
from io import BytesIO
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from PIL import Image

from linli.cases.attachments import attach, keep
from linli.cases.calendar_edits import DayEdit, change_calendar
from linli.cases.exports import Wanted, ask
from linli.cases.filters import save_filter
from linli.cases.models import Attachment, Case, Notice
from linli.cases.remarks import note
from linli.cases.replies import add
from linli.exchange.feeds.keeping import Terms, set_feed
from linli.exchange.models import Foreign, Parcel, Source
from linli.exchange.sheets.maps import save_map
from linli.exchange.sheets.parcels import keep_parcel
from linli.exchange.sheets.replies import give_back, save_form
from linli.exchange.sheets.taking_in import keep_sheet, take_in
from linli.exchange.sources import add_source
from linli.posts.absences import declare
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact


class Answer(Enum):
    """What a visitor gets."""

    OPEN = "opens"
    SIGN_IN = "must sign in first"
    HIDDEN = "looks as if it did not exist"
    REFUSED = "is refused"

    @classmethod
    def of(cls, response: HttpResponse) -> Answer:
        """Read an answer; a redirect to sign-in or to number and code is like 401; bad input has got in."""
        if response.status_code == 401:
            return cls.SIGN_IN
        if response.status_code in {301, 302, 303} and (
            "/login" in (to := response["Location"]) or "/follow/?" in to
        ):
            return cls.SIGN_IN
        return {404: cls.HIDDEN, 403: cls.REFUSED}.get(response.status_code, cls.OPEN)


VISITORS = ("signed_out", "wrong_division", "missing_power", "right_power")


@dataclass(frozen=True)
class Door:
    """One address: who of the demo county is sent to it, and what each must get.

    `fill(world)` gives the address's parameters, for something in the area of `right_power`.
    """

    answers: tuple[Answer, Answer, Answer, Answer]
    wrong_division: str = "liuhe_clerk"
    missing_power: str = "chengguan_team"
    right_power: str = "chengguan_clerk"
    fill: Callable[[Any], dict[str, Any]] = lambda _world: {}
    method: str = "get"
    data: tuple[tuple[str, str], ...] = ()


EVERYONE = (Answer.OPEN,) * 4
STAFF = (Answer.SIGN_IN, Answer.OPEN, Answer.OPEN, Answer.OPEN)
AREA_AND_POWER = (Answer.SIGN_IN, Answer.HIDDEN, Answer.REFUSED, Answer.OPEN)
POWER = (Answer.SIGN_IN, Answer.REFUSED, Answer.REFUSED, Answer.OPEN)
OWN_AREA_AND_POWER = (Answer.SIGN_IN, Answer.OPEN, Answer.REFUSED, Answer.OPEN)
NOT_STAFF = (Answer.SIGN_IN, Answer.REFUSED, Answer.REFUSED, Answer.REFUSED)
CODE_FIRST = (Answer.SIGN_IN,) * 4
NOBODY = (Answer.HIDDEN,) * 4
AREA = (Answer.SIGN_IN, Answer.HIDDEN, Answer.OPEN, Answer.OPEN)

CENTRE = {"wrong_division": "liuhe_clerk", "missing_power": "county_clerk", "right_power": "administrator"}

EXCHANGE = {
    "wrong_division": "liuhe_clerk",
    "missing_power": "county_dispatcher",
    "right_power": "county_clerk",
}


def a_case(world: Any) -> dict[str, Any]:
    """A matter just reported in 东门社区, 城关街道, with a photo; and a step that its clerk may take."""
    grid = world.place("东门社区第一网格")
    photo = BytesIO()
    Image.new("RGB", (8, 8)).save(photo, "JPEG")
    opened = import_module("linli.kinds.matters.actions").report(
        by=PartyActor("reporter"),
        text="三号楼楼下的路灯坏了三天。",
        longitude=grid.longitude,
        latitude=grid.latitude,
        contact=GivenContact("李小芳", "13912345678"),
    )
    case = Case.everywhere.get(pk=opened.case)
    attach(case, [keep(photo.getvalue())], step="report", at=timezone.now())
    picture = Attachment.objects.get(case=case).pk
    return {"number": case.number, "step": "accept", "photo": picture, "key": picture, "kind": case.kind}


def a_note(world: Any) -> dict[str, Any]:
    """A note that the clerk of 城关街道 left on a matter."""
    case = Case.everywhere.get(number=a_case(world)["number"])
    return {"number": case.number, "note": note(case, "x", by=world.by("chengguan_clerk")).pk}


def an_absence(world: Any) -> dict[str, Any]:
    """The clerk of 城关街道 will be away."""
    now = timezone.now()
    deputy = world.posts["chengguan_dispatcher"]
    declared = declare(now, now + timedelta(days=1), deputy, by=world.by("chengguan_clerk"))
    return {"key": declared.pk}


def a_template(world: Any) -> dict[str, Any]:
    """A reply template of the county."""
    by = world.by("county_head")
    return {"key": add("matters.refuse.reason", "x", "x", own_body=False, by=by).pk}


def an_export(world: Any) -> dict[str, Any]:
    """A list with telephone numbers that the clerk of 城关街道 asked for."""
    case = Case.everywhere.get(number=a_case(world)["number"])
    wanted = Wanted("area", "", "x", "csv")
    return {"key": ask(wanted, "call_back_many", "x", [case], by=world.by("chengguan_clerk")).pk}


def a_calendar_edit(world: Any) -> dict[str, Any]:
    """A day off that the administrator entered for the county."""
    day = date(2026, 3, 3)
    edit = change_calendar(DayEdit(world.county, day, day, worked=False), by=world.by("administrator"))
    return {"key": edit.pk}


def a_post(world: Any) -> dict[str, Any]:
    """A post of 城关街道 and who holds it."""
    holding = world.by("chengguan_clerk").holding
    return {"code": holding.post.division.trimmed, "post": holding.post_id, "holding": holding.pk}


def a_filter(world: Any) -> dict[str, Any]:
    """A filter that the clerk of 城关街道 keeps."""
    return {"key": save_filter("x", "area", {"words": "x"}, by=world.by("chengguan_clerk")).pk}


def a_kind(world: Any) -> dict[str, Any]:
    """Any kind."""
    return {"kind": "matters"}


def a_notice(world: Any) -> dict[str, Any]:
    """A notice of a case in 城关街道 that is stuck."""
    case = Case.everywhere.get(number=a_case(world)["number"])
    notice = Notice.objects.create(
        case=case, step="accept", channel="console", state="stuck", next_try=timezone.now()
    )
    return {"notice": notice.pk}


def a_catalogue(world: Any) -> dict[str, Any]:
    """A row of the county's catalogue, a proposal, an edit and an upload of the administrator."""
    catalogue = import_module("linli.cases.models")
    county, by = world.by("administrator").post.division, world.by("administrator")
    row = catalogue.Responsibility.objects.filter(division=county).first()
    now = timezone.now()
    kept = {"kind": "matters", "table": "rows", "at": now, "post": by.post}
    sent = catalogue.Upload.objects.create(first_day=now, lines=[], faults=[], notes=[], **kept)
    edit = catalogue.Revision.objects.create(changes=[], **kept)
    return {"kind": "matters", "table": "rows", "row": row.pk, "key": sent.pk, "revision": edit.pk}


def a_source(world: Any) -> dict[str, Any]:
    """The county's hotline, with a map and a reply form, and the first sheet its clerk has looked at."""
    sheets = import_module("linli.exchange.sheets.conftest")
    by = world.by("county_clerk")
    source = add_source("hotline", "12345", world.county, by=world.by("administrator"))
    save_map(source, sheets.BODY, by=by)
    save_form(source, ("x.xlsx", sheets.reply_book()), sheets.REPLY_COLUMNS, by=by)
    return {"code": source.code, "key": keep_sheet(source, "x.xlsx", sheets.two_rows(), by=by).pk}


def a_feed(world: Any) -> dict[str, Any]:
    """What the county's hotline follows."""
    made, by = a_source(world), world.by("administrator")
    set_feed(Source.objects.get(code=made["code"]), Terms(world.county, ["matters"]), by=by)
    return {"code": made["code"], "kind": "matters"}


def a_sample(world: Any) -> dict[str, Any]:
    """A sheet that the county's clerk has sent to make a map by."""
    source = Source.objects.get(code=a_source(world)["code"])
    said = ("x.xlsx", {"name": "x", "rows": [["工单编号", "诉求内容"], ["1", "路灯坏了"]], "top": 0})
    by = world.by("county_clerk")
    return {"code": source.code, "key": keep_parcel(source, Parcel.Use.SAMPLE, said, by=by).pk}


def a_reply_book(world: Any) -> dict[str, Any]:
    """A workbook for replies whose columns nobody has told yet."""
    source = Source.objects.get(code=a_source(world)["code"])
    said = ("x.xlsx", {"content": "", "headings": ["工单编号", "办理结果"]})
    by = world.by("county_clerk")
    return {"code": source.code, "key": keep_parcel(source, Parcel.Use.REPLY, said, by=by).pk}


def a_delivery(world: Any) -> dict[str, Any]:
    """A sheet that the county's clerk has taken in."""
    made = a_source(world)
    delivery = take_in(Parcel.objects.get(pk=made["key"]), by=world.by("county_clerk"))
    return {**made, "key": delivery.pk}


def a_return(world: Any) -> dict[str, Any]:
    """An interim answer that went back."""
    made = a_delivery(world)
    foreign = Foreign.objects.order_by("pk").first()
    back = give_back(foreign.source, {foreign.pk: "x"}, by=world.by("county_clerk"))
    return {**made, "key": back.pk}


# Address -> who may open it.
DOORS: dict[str, Door] = {
    "preferences/": Door(EVERYONE),
    "web/guide/": Door((Answer.HIDDEN,) * 4),  # in the demo only
    "": Door(EVERYONE),
    "report/": Door(EVERYONE),
    "report/<slug:kind>/": Door(EVERYONE, fill=a_kind),
    "receipt/": Door(NOBODY),
    "follow/": Door(EVERYONE),
    "follow/forget/": Door(EVERYONE, method="post"),
    # Number and code open a case to its reporter; no post is a way round them.
    "follow/<str:number>/": Door(CODE_FIRST, fill=a_case),
    "follow/<str:number>/data/": Door(NOBODY, fill=a_case),
    "follow/<str:number>/<slug:step>/": Door(NOBODY, fill=a_case, method="post"),
    "photos/<uuid:key>/": Door((*NOBODY[:2], *EVERYONE[2:]), fill=a_case),
    "mine/": Door(NOT_STAFF),
    "mine/data/": Door(NOT_STAFF),
    "desk/": Door(STAFF),
    "desk/done/": Door(STAFF),
    "desk/area/": Door(STAFF),
    "desk/raised/": Door(STAFF),
    "desk/copied/": Door(STAFF),
    "desk/keys/": Door(STAFF),
    "desk/filters/": Door(STAFF),
    "desk/filters/<int:key>/": Door(
        (Answer.SIGN_IN, Answer.HIDDEN, Answer.HIDDEN, Answer.OPEN),
        fill=a_filter,
        method="post",
        data=(("act", "delete"),),
    ),
    "desk/bulk/": Door(STAFF, method="post", data=(("step", "matters.accept"),)),
    "desk/hat/": Door(STAFF),
    "desk/cases/<str:number>/": Door(AREA, fill=a_case),
    "desk/cases/<str:number>/contact/": Door(AREA_AND_POWER, fill=a_case),
    "desk/cases/<str:number>/note/": Door(AREA, fill=a_case),
    "desk/cases/<str:number>/note/<uuid:note>/": Door(
        (Answer.SIGN_IN, Answer.HIDDEN, Answer.REFUSED, Answer.OPEN),
        fill=a_note,
        missing_power="chengguan_dispatcher",
        method="post",
        data=(("reason", "x"),),
    ),
    "desk/cases/<str:number>/copy/": Door(AREA, fill=a_case),
    "desk/cases/<str:number>/file/": Door(AREA, fill=a_case),
    "desk/cases/<str:number>/similar/": Door(AREA, fill=a_case),
    "desk/cases/<str:number>/similar/<str:other>/": Door(
        AREA, fill=lambda world: {**a_case(world), "other": a_case(world)["number"]}
    ),
    "desk/cases/<str:number>/photos/<uuid:photo>/": Door(AREA, fill=a_case),
    "desk/cases/<str:number>/<slug:step>/": Door(AREA_AND_POWER, fill=a_case),
    "desk/calls/": Door(OWN_AREA_AND_POWER),
    "desk/chats/": Door(OWN_AREA_AND_POWER),
    "desk/cases/<str:number>/put-through/": Door(AREA_AND_POWER, fill=a_case),
    "desk/report/": Door(OWN_AREA_AND_POWER),
    "desk/report/<slug:kind>/": Door(OWN_AREA_AND_POWER, fill=a_kind),
    "desk/figures/": Door(AREA, data=(("place", "990101001"),)),
    "desk/figures/list/": Door(AREA, data=(("place", "990101001"), ("figure", "due"))),
    "desk/figures/file/": Door(AREA, data=(("place", "990101001"), ("form", "csv"))),
    "desk/coverage/": Door(POWER, **CENTRE),
    "desk/posts/": Door(POWER, **CENTRE),
    "desk/posts/<str:code>/": Door(AREA_AND_POWER, fill=a_post, **CENTRE),
    "desk/posts/<str:code>/bodies/": Door(AREA_AND_POWER, fill=a_post, **CENTRE),
    "desk/posts/<str:code>/found/": Door(AREA_AND_POWER, fill=a_post, method="post", **CENTRE),
    "desk/posts/<str:code>/<int:post>/": Door(AREA_AND_POWER, fill=a_post, **CENTRE),
    "desk/posts/<str:code>/<int:post>/appoint/": Door(AREA_AND_POWER, fill=a_post, method="post", **CENTRE),
    "desk/posts/<str:code>/<int:post>/end/": Door(AREA_AND_POWER, fill=a_post, method="post", **CENTRE),
    "desk/posts/<str:code>/<int:post>/give-up/": Door(AREA_AND_POWER, fill=a_post, method="post", **CENTRE),
    "desk/procedures/": Door(STAFF),
    "desk/procedures/<slug:kind>/": Door(STAFF, fill=a_kind),
    "desk/rules/": Door(STAFF),
    "desk/absence/": Door(STAFF),
    "desk/absence/<int:key>/": Door(
        AREA_AND_POWER,
        fill=an_absence,
        method="post",
        data=(("answer", "decline"),),
        wrong_division="liuhe_clerk",
        missing_power="county_clerk",
        right_power="county_head",
    ),
    "desk/templates/": Door(POWER, **{**CENTRE, "right_power": "county_head"}),
    "desk/templates/<int:key>/retire/": Door(
        (Answer.SIGN_IN, Answer.HIDDEN, Answer.REFUSED, Answer.OPEN), fill=a_template, method="post", **CENTRE
    ),
    "desk/exports/": Door(STAFF),
    "desk/exports/make/": Door(STAFF, method="post", data=(("list", "area"), ("form", "csv"))),
    "desk/exports/contacts/": Door(
        (Answer.SIGN_IN, Answer.OPEN, Answer.REFUSED, Answer.OPEN), data=(("list", "area"),)
    ),
    "desk/exports/<uuid:key>/": Door(AREA_AND_POWER, fill=an_export, **CENTRE),
    "desk/exports/<uuid:key>/file/": Door(AREA_AND_POWER, fill=an_export, method="post"),
    "desk/exchange/": Door(OWN_AREA_AND_POWER, **EXCHANGE),
    "desk/exchange/<slug:code>/sheets/": Door(AREA_AND_POWER, fill=a_source, **EXCHANGE),
    "desk/exchange/<slug:code>/sheets/map/": Door(AREA_AND_POWER, fill=a_source, **EXCHANGE),
    "desk/exchange/<slug:code>/sheets/map/file/": Door(AREA_AND_POWER, fill=a_source, **EXCHANGE),
    "desk/exchange/<slug:code>/sheets/map/<uuid:key>/": Door(AREA_AND_POWER, fill=a_sample, **EXCHANGE),
    "desk/exchange/<slug:code>/sheets/in/<uuid:key>/": Door(AREA_AND_POWER, fill=a_source, **EXCHANGE),
    "desk/exchange/<slug:code>/sheets/in/<uuid:key>/bad/": Door(AREA_AND_POWER, fill=a_source, **EXCHANGE),
    "desk/exchange/<slug:code>/sheets/deliveries/<uuid:key>/": Door(
        AREA_AND_POWER, fill=a_delivery, **EXCHANGE
    ),
    "desk/exchange/<slug:code>/sheets/owed/": Door(AREA_AND_POWER, fill=a_delivery, **EXCHANGE),
    "desk/exchange/<slug:code>/sheets/return/": Door(
        AREA_AND_POWER, fill=a_delivery, method="post", **EXCHANGE
    ),
    "desk/exchange/<slug:code>/sheets/returned/<uuid:key>/": Door(AREA_AND_POWER, fill=a_return, **EXCHANGE),
    "desk/exchange/<slug:code>/sheets/returned/<uuid:key>/file/": Door(
        AREA_AND_POWER, fill=a_return, **EXCHANGE
    ),
    "desk/exchange/<slug:code>/sheets/form/": Door(AREA_AND_POWER, fill=a_source, **EXCHANGE),
    "desk/exchange/<slug:code>/sheets/form/<uuid:key>/": Door(AREA_AND_POWER, fill=a_reply_book, **EXCHANGE),
    "desk/exchange/<slug:code>/feed/": Door(AREA_AND_POWER, fill=a_feed, **EXCHANGE),
    "desk/exchange/<slug:code>/feed/dictionary/": Door(AREA_AND_POWER, fill=a_feed, **EXCHANGE),
    "desk/exchange/<slug:code>/feed/codes/<slug:kind>/": Door(AREA_AND_POWER, fill=a_feed, **EXCHANGE),
    "desk/exchange/<slug:code>/feed/push/": Door(AREA_AND_POWER, fill=a_feed, method="post", **CENTRE),
    "desk/exchange/<slug:code>/feed/replay/": Door(AREA_AND_POWER, fill=a_feed, method="post", **CENTRE),
    "desk/exchange/<slug:code>/feed/act/": Door(
        AREA_AND_POWER, fill=a_feed, method="post", data=(("act", "pause"),), **CENTRE
    ),
    "desk/catalogue/": Door(STAFF),
    "desk/catalogue/<slug:kind>/<slug:table>/": Door(STAFF, fill=a_catalogue),
    "desk/catalogue/<slug:kind>/<slug:table>/add/": Door(POWER, fill=a_catalogue, **CENTRE),
    "desk/catalogue/<slug:kind>/<slug:table>/<int:row>/": Door(POWER, fill=a_catalogue, **CENTRE),
    "desk/catalogue/<slug:kind>/<slug:table>/workbook/": Door(STAFF, fill=a_catalogue),
    "desk/catalogue/<slug:kind>/<slug:table>/upload/": Door(POWER, fill=a_catalogue, **CENTRE),
    "desk/catalogue/<slug:kind>/<slug:table>/upload/<uuid:key>/": Door(POWER, fill=a_catalogue, **CENTRE),
    "desk/catalogue/<slug:kind>/<slug:table>/upload/<uuid:key>/faults/": Door(
        POWER, fill=a_catalogue, **CENTRE
    ),
    "desk/catalogue/<slug:kind>/history/": Door(POWER, fill=a_catalogue, **CENTRE),
    "desk/catalogue/<slug:kind>/history/<int:revision>/": Door(
        POWER, fill=a_catalogue, method="post", **CENTRE
    ),
    "desk/catalogue/<slug:kind>/proposals/<int:row>/": Door(POWER, fill=a_catalogue, method="post", **CENTRE),
    "desk/calendar/": Door(STAFF),
    "desk/calendar/change/": Door(
        POWER,
        method="post",
        data=(("place", "990101"), ("first", "2026-03-03"), ("what", "off")),
        wrong_division="county_clerk",
        missing_power="county_head",
        right_power="administrator",
    ),
    "desk/calendar/undo/<int:key>/": Door(AREA_AND_POWER, fill=a_calendar_edit, method="post", **CENTRE),
    "desk/exchange/<slug:code>/": Door(
        AREA_AND_POWER, fill=a_source, **{**CENTRE, "missing_power": "county_dispatcher"}
    ),
    "desk/exchange/<slug:code>/key/": Door(AREA_AND_POWER, fill=a_source, method="post", **CENTRE),
    "desk/exchange/<slug:code>/limits/": Door(AREA_AND_POWER, fill=a_source, method="post", **CENTRE),
    "desk/exchange/<slug:code>/end/": Door(AREA_AND_POWER, fill=a_source, method="post", **CENTRE),
    "desk/notices/": Door(POWER, **CENTRE),
    "desk/notices/<uuid:notice>/": Door(AREA_AND_POWER, fill=a_notice, method="post", **CENTRE),
}
# A session is no authority in the API: whoever is signed in at the desk still needs a token there.
_CASE = {"kind": "matters", "number": "990101-26-00001-1"}
DOORS |= {
    "api/v1/openapi.json": Door(EVERYONE),
    "api/v1/docs": Door(EVERYONE),
    "api/v1/<str:kind>": Door((Answer.SIGN_IN,) * 4, fill=lambda _world: {"kind": "matters"}),
    "api/v1/<str:kind>/<str:number>": Door((Answer.SIGN_IN,) * 4, fill=lambda _world: _CASE),
    "api/v1/<str:kind>/<str:number>/<str:step>": Door(
        (Answer.SIGN_IN,) * 4, fill=lambda _world: {**_CASE, "step": "accept"}, method="post"
    ),
}
# Outside apps read without a key, and send with one; a session is none.
_IN_XML = {"form": "xml", "rest": "nothing"}
DOORS |= {
    "open311/v2/discovery.<format:form>": Door(EVERYONE, fill=lambda _world: _IN_XML),
    "open311/v2/services.<format:form>": Door(EVERYONE, fill=lambda _world: _IN_XML),
    "open311/v2/services/<str:code>.<format:form>": Door(
        EVERYONE, fill=lambda _world: {**_IN_XML, "code": "matters.0201"}
    ),
    "open311/v2/requests.<format:form>": Door(
        (Answer.REFUSED,) * 4, fill=lambda _world: _IN_XML, method="post"
    ),
    "open311/v2/requests/<str:number>.<format:form>": Door(NOBODY, fill=lambda _world: {**_IN_XML, **_CASE}),
    "open311/v2/tokens/<str:token>.<format:form>": Door(
        NOBODY, fill=lambda _world: {**_IN_XML, "token": _CASE["number"]}
    ),
    "open311/v2/servicerequestupdates.<format:form>": Door(
        (Answer.REFUSED,) * 4, fill=lambda _world: _IN_XML
    ),
    "open311/v2/": Door(NOBODY),
    "open311/v2/<path:rest>": Door(NOBODY, fill=lambda _world: _IN_XML),
}
# A system's key opens its feed; a session is none.
DOORS |= {
    "exchange/v1/feed": Door((Answer.SIGN_IN,) * 4),
    "exchange/v1/dictionary": Door((Answer.SIGN_IN,) * 4),
}
# allauth guards its own pages; what it shows is about the visitor's own account only.
LIBRARY = ("account/*",)


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every address of the product as it is written in the urls modules."""
    yield from _below(get_resolver(), "")


def _below(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _below(each, route)
        else:
            yield route, each


def ours() -> dict[str, URLPattern]:
    """Every address that is not a library's."""
    return {
        route: pattern
        for route, pattern in routes()
        if not any(fnmatchcase(route, family) for family in LIBRARY)
    }
