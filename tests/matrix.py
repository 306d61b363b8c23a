"""Every address x every kind of post x {own, ancestor, sibling, unrelated area} x with and without a task.

The table of doors says whether an address belongs to an area; `NEEDS` says which power it asks for. Who has that power
is read by the slow reading of the tables (`oracle`), never asked of the product.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import timezone

from linli.cases.models import Case, Task
from linli.divisions.codes import Level
from linli.divisions.models import Division
from linli.posts.models import Account, Holding, Organisation, Post
from tests import oracle
from tests.answers import Answer, Door

POSITIONS = ("own", "ancestor", "sibling", "unrelated")
INSIDE = {"own", "ancestor"}
MARKERS = ("李小芳", "13912345678", "139 1234 5678")
CONTACT = frozenset({"clerk", "call_taker"})
BOTH_RECORDS = frozenset({"clerk"})  # who may read the contact and has the residents' window as well
EVERYBODY = frozenset(oracle.KINDS_OF_POST)
OPENERS = frozenset(  # who may open a case of whatever kind
    kind
    for rules in oracle.procedures().values()
    if rules.get("offered", True)
    for step in rules["steps"].values()
    if step.get("opens")
    for kind in step.get("posts", ())
)
# Address (a pattern) -> the power it asks for, or the kinds of post that have it. The first that fits holds.
RECORD = tuple(
    f"desk/residents/<uuid:key>/{rest}"
    for rest in (
        "",
        "household/",
        "correct/",
        "move/",
        "end/",
        "guardians/",
        "guardians/<uuid:row>/",
        "guardians/<uuid:row>/here/",
        "mandates/",
    )
)
NEEDS: tuple[tuple[str, str | frozenset[str]], ...] = (
    ("desk/cases/<str:number>/contact/", CONTACT),
    ("desk/cases/<str:number>/emergency/", EVERYBODY - {"administrator", "mediator"}),
    ("desk/cases/<str:number>/put-through/", "calls.take"),
    ("desk/cases/<str:number>/resident/", BOTH_RECORDS),
    ("desk/cases/<str:number>/<slug:step>/", "matters.accept"),
    ("field/cases/<str:number>/<slug:step>/", "matters.accept"),
    ("field/new/", OPENERS),
    ("field/new/<slug:kind>/", "matters.report"),
    ("desk/erasures/", "cases.read_proofs"),
    ("desk/erasures/<uuid:key>/let-go/", "cases.hold"),
    ("desk/figures/of/<slug:kind>/lists/", "exports.return"),
    ("desk/looked/post/", "looks.inspect"),
    ("desk/printouts/", "looks.print"),
    ("desk/residents/fields/", EVERYBODY),
    ("desk/residents/fields/readings/", "residents.rules"),
    ("desk/residents/doubles/*", "residents.doubles"),
    ("desk/residents/merges/*", "residents.doubles"),
    ("desk/residents/*", "residents.register"),
    ("desk/calls/", "calls.take"),
    ("desk/chats/", "disputes.apply"),
    ("desk/body/", "cases.read_body"),
    ("desk/report/", OPENERS),
    ("desk/report/<slug:kind>/", "matters.report"),
    ("desk/report/<slug:kind>/<slug:step>/", frozenset({"mediator"})),
    ("desk/privacy/<slug:activity>/", "privacy.approve"),
    ("desk/inhabitants/", "registers.edit"),
    ("desk/mediation/upload/", "registers.edit"),
    ("desk/mediation/enter/", "registers.edit"),
    ("desk/mediation/<int:body>/?*/", "registers.edit"),
    ("desk/mediation/mediators/<int:mediator>/end/", "registers.edit"),
    ("desk/papers/*", "papers.edit"),
    ("desk/coverage/", "coverage.read"),
    ("desk/posts/*", "posts.appoint"),
    ("desk/absence/<int:key>/", "posts.deputise"),
    ("desk/templates/*", "templates.edit"),
    ("desk/exports/contacts/", CONTACT),
    ("desk/exports/<uuid:key>/", "exports.approve"),
    ("desk/exports/<uuid:key>/file/", "exports.approve"),
    ("desk/exchange/<slug:code>/sheets/", "exchange.read"),
    ("desk/exchange/<slug:code>/sheets/deliveries/*", "exchange.read"),
    ("desk/exchange/<slug:code>/sheets/owed/", "exchange.read"),
    ("desk/exchange/<slug:code>/sheets/returned/<uuid:key>/", "exchange.read"),
    ("desk/exchange/<slug:code>/sheets/*", "exchange.sheets"),
    ("desk/exchange/<slug:code>/feed/push/", "exchange.sources"),
    ("desk/exchange/<slug:code>/feed/replay/", "exchange.sources"),
    ("desk/exchange/<slug:code>/feed/act/", "exchange.sources"),
    ("desk/exchange/<slug:code>/key/", "exchange.sources"),
    ("desk/exchange/<slug:code>/limits/", "exchange.sources"),
    ("desk/exchange/<slug:code>/end/", "exchange.sources"),
    ("desk/exchange/*", "exchange.read"),
    ("desk/calendar/change/", "calendar.edit"),
    ("desk/calendar/undo/<int:key>/", "calendar.edit"),
    ("desk/notices/*", "notices.resend"),
    ("desk/catalogue/*/history/*", "catalogue.edit"),
    ("desk/catalogue/*/rows/proposals/*", "catalogue.edit"),
    ("desk/catalogue/*/add/", "catalogue.edit"),
    ("desk/catalogue/*/<int:row>/", "catalogue.edit"),
    ("desk/catalogue/*/upload/*", "catalogue.edit"),
    ("command/alerts/rules/*", "command.alerts"),
    ("command/*", "command.read"),
)

# Rows whose stranger in the table of doors lacks the power too: outside the area these look as if nothing were there,
# to everybody or to those who have the power.
NOT_THERE = {"desk/calendar/change/", "desk/catalogue/<slug:kind>/<slug:table>/<int:row>/"}
NOT_THERE_IF_ENTITLED = {
    "desk/catalogue/<slug:kind>/rows/proposals/<int:row>/",
    "desk/mediation/<int:body>/change/",
    "command/",
    *(
        f"command/{rest}"
        for rest in (
            "joint/",
            "questions/",
            "trends/",
            "trends/file/",
            "briefing/",
            "briefing/file/",
            "cases/<str:number>/",
            "cases/<str:number>/decide/",
            "outline/<str:number>/",
        )
    ),
    "command/cases/<str:number>/<slug:step>/",
    # Without the power one is refused before anything is looked up, whether there is such a record or not.
    "desk/residents/doubles/<uuid:key>/",
    "desk/residents/merges/<uuid:key>/undo/",
    *RECORD,
}


# What these lead to is a case's, and lies in a county: a city above it has no part in that case (docs/adr/0034). Where
# the power is asked first (True), who lacks it is refused before that.
OF_A_CASE = {
    "desk/exchange/<slug:code>/sheets/returned/<uuid:key>/": True,
    "desk/exchange/<slug:code>/sheets/returned/<uuid:key>/file/": True,
    "desk/erasures/<uuid:key>/let-go/": False,
}
# Everybody of the table of doors has the power there; who has not is refused.
ALL_HAVE = {"desk/report/", "field/new/"}
# Residents' records are for posts of at most a town: wider ones have no window, whatever their kind.
WINDOW = {
    "desk/cases/<str:number>/resident/",
    "desk/residents/",
    "desk/residents/register/",
    *RECORD,
}


def entitled(route: str) -> frozenset[str]:
    """The kinds of post that have what an address asks for."""
    for pattern, needed in NEEDS:
        if fnmatchcase(route.replace("[", "[[]"), pattern):
            return needed if isinstance(needed, frozenset) else kinds_with(needed)
    return EVERYBODY


def kinds_with(power: str) -> frozenset[str]:
    """Who has a power, as the files say."""
    kind, _dot, step = power.partition(".")
    if kind in oracle.procedures():
        return frozenset(oracle.procedures()[kind]["steps"][step].get("posts", ()))
    return oracle.core_rules()[power]


@dataclass(frozen=True)
class Visitor:
    """Somebody on a post of a kind, in a position to the thing's area."""

    kind: str
    position: str
    holding: Holding
    client: Client


def visitors(own: Division) -> list[Visitor]:
    """One of every kind of post in every position, signed in at the desk."""
    areas = {
        "own": own,
        "ancestor": own.parent,
        "sibling": _beside(own, 2, "旁边的"),
        "unrelated": _elsewhere(),
    }
    return [
        _visitor(f"{own.trimmed}-{position}", kind, area)
        for position, area in areas.items()
        for kind in oracle.KINDS_OF_POST
    ]


def _visitor(called: str, kind: str, area: Any) -> Visitor:
    name, position = f"{called}-{kind}", called.partition("-")[2]
    body, _new = Organisation.objects.get_or_create(name=f"矩阵{position}", division=area)
    post = Post.objects.create(title=name, kind=kind, organisation=body, division=area)
    account = Account.objects.create_user(f"matrix-{name}")
    holding = Holding.objects.create(post=post, account=account)
    client = Client(headers={"accept-language": "en"})
    client.force_login(account)
    return Visitor(kind, position, holding, client)


def _beside(own: Division, more: int, name: str) -> Division:
    """A place of the same level under the same parent: a standing one, or a made-up one."""
    siblings = Division.objects.filter(parent=own.parent, level=own.level, valid_to=None)
    found = siblings.exclude(pk=own.pk).order_by("code").first()
    step = own.span[1] - own.span[0]
    return found or Division.objects.create(
        code=own.code + more * step, level=own.level, name=name, parent=own.parent, valid_from=own.valid_from
    )


def _elsewhere() -> Division:
    province = Division.objects.filter(level=1).order_by("code").first()
    made, _new = Division.objects.get_or_create(
        code=int("9977".ljust(17, "0")),
        level=2,
        defaults={"name": "别的市", "parent": province, "valid_from": province.valid_from},  # type: ignore[union-attr]
    )
    return made


def expected(route: str, door: Door, visitor: Visitor) -> Answer:
    """What the declared row says for this visitor."""
    _out, wrong_division, missing_power, right_power = door.answers
    inside = visitor.position in INSIDE
    has = visitor.kind in entitled(route)
    if route in WINDOW and visitor.holding.post.division.level < Level.TOWN:
        has = False
    hides = wrong_division is Answer.HIDDEN or route in NOT_THERE
    if route in NOT_THERE_IF_ENTITLED:
        hides = has
    no_part = route in OF_A_CASE and _watches(visitor) and (has or not OF_A_CASE[route])
    if (not inside and hides) or no_part:
        return Answer.HIDDEN
    if not has and route in ALL_HAVE:
        return Answer.REFUSED
    return right_power if has else missing_power


def _watches(visitor: Visitor) -> bool:
    return visitor.holding.post.division.level <= Level.CITY


def answered(route: str, door: Door, visitor: Visitor, filled: dict[str, Any]) -> tuple[Answer, str]:
    """What the visitor gets, and the text of it; whatever it changed is undone."""
    address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(filled[found.group(1)]), route)
    with transaction.atomic():
        response = getattr(visitor.client, door.method)(address, dict(door.data))
        transaction.set_rollback(True)
    text = "" if response.streaming else response.content.decode(errors="ignore")
    assert response.status_code < 500, (route, visitor.kind, visitor.position)
    return Answer.of(response), text


def sampled(people: list[Visitor], route: str) -> list[Visitor]:
    """All kinds of post in the own area; elsewhere one that has the power and one that has not, if there is one."""
    having, found = entitled(route), [each for each in people if each.position == "own"]
    for position in POSITIONS[1:]:
        there = [each for each in people if each.position == position]
        some = (next((each for each in there if (each.kind in having) is has), None) for has in (True, False))
        found += [each for each in some if each]
    return found


def give_task(case: Case, visitor: Visitor) -> Task:
    """The visitor's post has something to do in the case."""
    now = timezone.now()
    return Task.objects.create(
        case=case, post=visitor.holding.post, stage=case.stage, role="next", opened_at=now, pressing_at=now
    )
