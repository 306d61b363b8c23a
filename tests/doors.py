"""Who may open which address. Every address of the product is in this table, or the tests fail."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from tests.account_doors import ACCOUNT_DOORS
from tests.answers import (
    AREA,
    AREA_AND_POWER,
    CODE_FIRST,
    EVERYONE,
    NOBODY,
    NOT_LOOKED_UP,
    NOT_STAFF,
    OWN_AREA_AND_POWER,
    POWER,
    STAFF,
    Answer,
    Door,
)
from tests.command_doors import COMMAND_DOORS
from tests.machine_doors import MACHINE_DOORS
from tests.scenes import (
    a_calendar_edit,
    a_case,
    a_catalogue,
    a_delivery,
    a_feed,
    a_filter,
    a_hold,
    a_key,
    a_kind,
    a_mediator,
    a_merge,
    a_note,
    a_notice,
    a_pair,
    a_paper,
    a_post,
    a_reply_book,
    a_resident,
    a_return,
    a_sample,
    a_source,
    a_template,
    an_absence,
    an_activity,
    an_export,
)

CENTRE = {"wrong_division": "liuhe_clerk", "missing_power": "county_clerk", "right_power": "administrator"}

EXCHANGE = {
    "wrong_division": "liuhe_clerk",
    "missing_power": "county_dispatcher",
    "right_power": "county_clerk",
}


# Address -> who may open it.
DOORS: dict[str, Door] = {
    "preferences/": Door(EVERYONE),
    "web/guide/": Door((Answer.HIDDEN,) * 4),  # in the demo only
    "web/tiles/<int:z>/<int:x>/<int:y>/": Door(EVERYONE, fill=lambda _world: {"z": 12, "x": 3403, "y": 1642}),
    "": Door(EVERYONE),
    "report/": Door(EVERYONE),
    "report/<slug:kind>/": Door(EVERYONE, fill=a_kind),
    "receipt/": Door(NOBODY),
    "follow/": Door(EVERYONE),
    "follow/forget/": Door(EVERYONE, method="post"),
    # Number and code open a case to its reporter; no post is a way round them.
    "follow/<str:number>/": Door(CODE_FIRST, fill=a_case),
    "follow/<str:number>/data/": Door(NOBODY, fill=a_case),
    "follow/<str:number>/extract/": Door(NOBODY, fill=a_case),
    "follow/<str:number>/rate/": Door(NOBODY, fill=a_case, method="post"),
    "follow/<str:number>/<slug:step>/": Door(NOBODY, fill=a_case, method="post"),
    "follow/<str:number>/papers/<uuid:paper>/": Door(CODE_FIRST, fill=a_paper),
    "follow/<str:number>/papers/<uuid:paper>/pdf/": Door(NOBODY, fill=a_paper),
    # The code on the paper is all that is needed, and all that is told is whether it is genuine.
    "mediation/": Door(EVERYONE),
    "scorecard/": Door(NOBODY),  # but where the place publishes it: portals/desk/test_scorecards.py
    "find/": Door(EVERYONE),
    "neighbourhood/": Door(EVERYONE),
    # Counted for places only, small numbers withheld; no list stands behind them.
    "figures/": Door(EVERYONE),
    "figures/file/<slug:form>/": Door(EVERYONE, fill=lambda _world: {"form": "csv"}),
    "verify/": Door(EVERYONE),
    "verify/<str:code>/": Door(EVERYONE, fill=a_paper),
    "photos/<uuid:key>/": Door((*NOBODY[:2], *EVERYONE[2:]), fill=a_case),
    "mine/": Door(NOT_STAFF),
    "mine/wards/": Door(NOT_STAFF),
    "mine/wards/<uuid:key>/": Door(NOT_STAFF, fill=a_resident),
    "handling/minors/": Door(EVERYONE),
    "mine/data/": Door(NOT_STAFF),
    "mine/prove/": Door(CODE_FIRST, method="post"),
    "readings/": Door(EVERYONE),
    "notices/": Door(EVERYONE),
    "notices/<str:number>/": Door(NOBODY, fill=a_case, method="post"),
    "notices/<str:number>/device/": Door(NOBODY, fill=a_case, method="post"),
    "notices/<str:number>/mailbox/": Door(NOBODY, fill=a_case, method="post"),
    "handling/": Door(EVERYONE),
    "handling/<slug:activity>/": Door(EVERYONE, fill=lambda _world: {"activity": "contacts"}),
    "mine/agreed/": Door(NOT_STAFF),
    "mine/mandates/": Door(NOT_STAFF),
    "field/": Door(STAFF),
    "field/new/": Door(STAFF),
    "field/new/<slug:kind>/": Door(OWN_AREA_AND_POWER, fill=a_kind),
    "field/cases/<str:number>/": Door(AREA, fill=a_case),
    "field/cases/<str:number>/<slug:step>/": Door(AREA_AND_POWER, fill=a_case, method="post"),
    "field/map/": Door(STAFF),
    "field/outbox/": Door(STAFF),
    "field/outbox/<uuid:key>/": Door(STAFF, fill=a_key, method="post"),
    "field/photos/<uuid:key>/": Door(STAFF, fill=a_key, method="put"),
    "field/hello/": Door(STAFF),
    "field/day/": Door(STAFF),
    "field/codes/": Door(STAFF),
    # They name nobody, and lie on the device before anybody signs in.
    "field/shell/": Door(EVERYONE),
    "field/sw.js": Door(EVERYONE),
    "field/manifest.webmanifest": Door(EVERYONE),
    "desk/": Door(STAFF),
    "desk/done/": Door(STAFF),
    "desk/area/": Door(STAFF),
    "desk/map/": Door(STAFF),
    "desk/map/<int:z>/<int:x>/<int:y>/": Door(STAFF, fill=lambda _world: {"z": 12, "x": 3403, "y": 1642}),
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
    # Kinds whose cases have no further parties know no such page; test_parties has one that does.
    "desk/cases/<str:number>/parties/<int:party>/number/": Door(
        (Answer.SIGN_IN, Answer.HIDDEN, Answer.REFUSED, Answer.REFUSED),
        fill=lambda world: {**a_case(world), "party": 0},
    ),
    # In an emergency every post of the area may but those that deal with no case.
    "desk/cases/<str:number>/emergency/": Door(AREA_AND_POWER, fill=a_case, missing_power="administrator"),
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
    "desk/cases/<str:number>/papers/<uuid:paper>/": Door(AREA, fill=a_paper),
    "desk/cases/<str:number>/papers/<uuid:paper>/pdf/": Door(AREA, fill=a_paper),
    "desk/cases/<str:number>/similar/": Door(AREA, fill=a_case),
    "desk/cases/<str:number>/similar/<str:other>/": Door(
        AREA, fill=lambda world: {**a_case(world), "other": a_case(world)["number"]}
    ),
    "desk/cases/<str:number>/photos/<uuid:photo>/": Door(AREA, fill=a_case),
    "desk/cases/<str:number>/scans/<uuid:scan>/": Door(AREA, fill=a_case),
    "desk/cases/<str:number>/<slug:step>/": Door(AREA_AND_POWER, fill=a_case),
    "desk/looked/": Door(STAFF),
    "desk/looked/post/": Door(POWER, right_power="inspector"),
    "desk/printouts/": Door((Answer.SIGN_IN, Answer.OPEN, Answer.REFUSED, Answer.OPEN)),
    "desk/calls/": Door(OWN_AREA_AND_POWER),
    "desk/chats/": Door(OWN_AREA_AND_POWER),
    "desk/cases/<str:number>/put-through/": Door(AREA_AND_POWER, fill=a_case),
    "desk/residents/": Door(OWN_AREA_AND_POWER),
    "desk/residents/register/": Door(OWN_AREA_AND_POWER),
    "desk/residents/fields/": Door(STAFF),
    "desk/residents/fields/readings/": Door(POWER, **CENTRE),
    "desk/residents/doubles/": Door(OWN_AREA_AND_POWER),
    "desk/residents/doubles/<uuid:key>/": Door(
        AREA_AND_POWER, fill=a_pair, method="post", data=(("keep", "apart"),)
    ),
    "desk/residents/merges/<uuid:key>/undo/": Door(AREA_AND_POWER, fill=a_merge, method="post"),
    # A record is open only to who has just found it by its whole number; its address opens nothing.
    "desk/residents/<uuid:key>/": Door(NOT_LOOKED_UP, fill=a_resident),
    "desk/residents/<uuid:key>/household/": Door(NOT_LOOKED_UP, fill=a_resident),
    "desk/residents/<uuid:key>/correct/": Door(NOT_LOOKED_UP, fill=a_resident),
    "desk/residents/<uuid:key>/move/": Door(NOT_LOOKED_UP, fill=a_resident),
    "desk/residents/<uuid:key>/end/": Door(NOT_LOOKED_UP, fill=a_resident),
    "desk/residents/<uuid:key>/guardians/": Door(NOT_LOOKED_UP, fill=a_resident),
    "desk/residents/<uuid:key>/guardians/<uuid:row>/": Door(
        NOT_LOOKED_UP, fill=lambda world: {**a_resident(world), "row": a_resident(world)["key"]}
    ),
    "desk/residents/<uuid:key>/guardians/<uuid:row>/here/": Door(
        NOT_LOOKED_UP, fill=lambda world: {**a_resident(world), "row": a_resident(world)["key"]}
    ),
    "desk/residents/<uuid:key>/mandates/": Door(NOT_LOOKED_UP, fill=a_resident),
    "desk/cases/<str:number>/resident/": Door(AREA_AND_POWER, fill=a_case),
    "desk/body/": Door(
        (Answer.SIGN_IN, Answer.REFUSED, Answer.REFUSED, Answer.OPEN), right_power="county_head"
    ),
    "desk/report/": Door(STAFF),
    "desk/report/<slug:kind>/": Door(OWN_AREA_AND_POWER, fill=a_kind),
    "desk/report/<slug:kind>/<slug:step>/": Door(
        # A mediator's alone, and none is sent to the doors: see linli/kinds/disputes/test_on_the_spot.py.
        NOT_STAFF,
        fill=lambda _world: {"kind": "disputes", "step": "settle_orally"},
    ),
    "desk/figures/": Door(AREA, data=(("place", "990101001"),)),
    "desk/figures/list/": Door(AREA, data=(("place", "990101001"), ("figure", "due"))),
    "desk/figures/file/": Door(AREA, data=(("place", "990101001"), ("form", "csv"))),
    "desk/figures/stages/": Door(AREA, data=(("place", "990101001"),)),
    "desk/figures/stages/<slug:kind>/<slug:stage>/": Door(
        AREA, fill=lambda _world: {"kind": "matters", "stage": "reported"}, data=(("place", "990101001"),)
    ),
    # The county's pooled answers, whatever the hat's own area.
    "desk/ratings/": Door(AREA, data=(("place", "990101001"),)),
    "desk/scorecard/": Door(AREA, data=(("place", "990101001"),)),
    "desk/scorecard/file/": Door(AREA, data=(("place", "990101001"), ("form", "csv"))),
    "desk/scorecard/places/<slug:figure>/": Door(
        AREA, fill=lambda _world: {"figure": "grids_held"}, data=(("place", "990101001"),)
    ),
    "desk/figures/of/<slug:kind>/": Door(
        AREA, fill=lambda _world: {"kind": "disputes"}, data=(("place", "990101001"),)
    ),
    "desk/figures/of/<slug:kind>/lists/": Door(OWN_AREA_AND_POWER, fill=lambda _world: {"kind": "disputes"}),
    "desk/figures/of/<slug:kind>/<slug:figure>/": Door(
        AREA, fill=lambda _world: {"kind": "disputes", "figure": "ended"}, data=(("place", "990101001"),)
    ),
    "desk/coverage/": Door(POWER, **CENTRE),
    "desk/posts/": Door(POWER, **CENTRE),
    "desk/posts/<str:code>/": Door(AREA_AND_POWER, fill=a_post, **CENTRE),
    "desk/posts/<str:code>/bodies/": Door(AREA_AND_POWER, fill=a_post, **CENTRE),
    "desk/posts/<str:code>/found/": Door(AREA_AND_POWER, fill=a_post, method="post", **CENTRE),
    "desk/posts/<str:code>/<int:post>/": Door(AREA_AND_POWER, fill=a_post, **CENTRE),
    # Asks for fresh proof first, which nobody of the demo county can give.
    "desk/posts/<str:code>/<int:post>/access/<int:holding>/": Door(NOT_STAFF, fill=a_post, **CENTRE),
    "desk/posts/<str:code>/<int:post>/board/": Door(AREA_AND_POWER, fill=a_post, **CENTRE),
    "desk/posts/<str:code>/<int:post>/appoint/": Door(AREA_AND_POWER, fill=a_post, method="post", **CENTRE),
    "desk/posts/<str:code>/<int:post>/end/": Door(AREA_AND_POWER, fill=a_post, method="post", **CENTRE),
    "desk/posts/<str:code>/<int:post>/give-up/": Door(AREA_AND_POWER, fill=a_post, method="post", **CENTRE),
    "desk/procedures/": Door(STAFF),
    "desk/privacy/": Door(STAFF),
    "desk/privacy/<slug:activity>/": Door(
        AREA_AND_POWER,
        fill=an_activity,
        method="post",
        data=(("act", "approve"),),
        wrong_division="liuhe_clerk",
        missing_power="county_clerk",
        right_power="county_head",
    ),
    "desk/erasures/": Door(POWER, missing_power="county_clerk", right_power="county_head"),
    "desk/erasures/<uuid:key>/let-go/": Door(
        AREA_AND_POWER, fill=a_hold, method="post", missing_power="county_clerk", right_power="county_head"
    ),
    "desk/procedures/<slug:kind>/": Door(STAFF, fill=a_kind),
    "desk/rules/": Door(STAFF),
    "desk/rights/": Door(STAFF),
    "desk/rights/why/": Door(STAFF),
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
    "desk/inhabitants/": Door(POWER, **CENTRE),
    "desk/mediation/": Door(STAFF),
    "desk/mediation/coverage/": Door(STAFF),
    "desk/mediation/ways/": Door(STAFF),
    "desk/mediation/workbook/": Door(STAFF),
    "desk/mediation/upload/": Door(POWER, **CENTRE),
    "desk/mediation/enter/": Door(POWER, **CENTRE),
    "desk/mediation/<int:body>/": Door(AREA, fill=a_mediator),
    "desk/mediation/<int:body>/change/": Door(
        (Answer.SIGN_IN, Answer.REFUSED, Answer.REFUSED, Answer.OPEN), fill=a_mediator, **CENTRE
    ),
    "desk/mediation/<int:body>/end/": Door(AREA_AND_POWER, fill=a_mediator, method="post", **CENTRE),
    "desk/mediation/<int:body>/mediators/": Door(AREA_AND_POWER, fill=a_mediator, **CENTRE),
    "desk/mediation/mediators/<int:mediator>/": Door(AREA, fill=a_mediator),
    "desk/mediation/mediators/<int:mediator>/end/": Door(
        AREA_AND_POWER, fill=a_mediator, method="post", **CENTRE
    ),
    # What a mediator declares is the mediator's alone, whatever power others have.
    "desk/mediation/mediators/<int:mediator>/ties/": Door(
        (Answer.SIGN_IN, Answer.HIDDEN, Answer.REFUSED, Answer.REFUSED),
        fill=a_mediator,
        method="post",
        **CENTRE,
    ),
    "desk/papers/": Door(POWER, **CENTRE),
    "desk/papers/<str:template>/": Door(POWER, fill=lambda _world: {"template": "matters.result"}, **CENTRE),
    "desk/papers/<str:template>/take-back/": Door(
        POWER, fill=lambda _world: {"template": "matters.result"}, method="post", **CENTRE
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
    "desk/catalogue/<slug:kind>/rows/proposals/<int:row>/": Door(
        POWER, fill=a_catalogue, method="post", **CENTRE
    ),
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
DOORS |= ACCOUNT_DOORS | COMMAND_DOORS | MACHINE_DOORS


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
    """Every address, as a table."""
    return dict(routes())
