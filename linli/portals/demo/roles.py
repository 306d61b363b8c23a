"""The roles of the guided tour, who plays them, and the live work each lands on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.base.errors import NotFound
from linli.cases.models import Case, Party, Task
from linli.divisions.codes import Level
from linli.portals.demo.visits import is_held
from linli.posts.may import WATCHING
from linli.posts.models import Holding, PostKind

RESIDENT, PARTY = "resident", "party"
WAITING_FOR_RESIDENT, WAITING_FOR_PARTIES = "checked", "consenting"
LOOKED_AT = 80
ANY = Q()


@dataclass(frozen=True)
class Role:
    """A button of the tour: `key` is a kind of post or `resident`; `page` is where those land who have no tasks.

    `kind` is the kind of post where the key is not one: two buttons may show the same people at different doors.
    `door` is where the role looks at a case. `level` is that of the posts a role shows from the city up.
    """

    key: str
    name: str | Promise
    does: str | Promise
    icon: str
    page: str = ""
    kind: str = ""
    door: str = "desk:case"
    level: Level | None = None

    @property
    def posts(self) -> Q:
        """The posts that play it, as a condition on them."""
        there = Q(post__division__level=self.level) if self.level else Q(post__division__level__gt=WATCHING)
        return there & Q(post__kind=self.kind or self.key)


ROLES = (
    Role(RESIDENT, _("Resident"), _("Looks what was done, and has the last word: solved, or not."), "home"),
    Role(
        PostKind.GRID_WORKER,
        _("Grid worker"),
        _("Settles what can be settled at the door."),
        "pin",
        door="field:case",
    ),
    Role(PostKind.CLERK, _("Intake clerk"), _("Takes a report on, or says why not, or who does."), "pen"),
    Role(PostKind.DISPATCHER, _("Dispatcher"), _("Decides which post has to deal with it."), "forward"),
    Role(PostKind.HANDLER, _("Handling post"), _("Goes there, does it, and says what was done."), "file"),
    Role(PostKind.CHECKER, _("Checker"), _("Looks whether it is really done."), "check"),
    Role(
        PostKind.INSPECTOR,
        _("Inspector"),
        _("Looks into complaints about posts; those it is about do not see them."),
        "search",
    ),
    Role(
        PostKind.MEDIATOR,
        _("Mediator"),
        _("Settles disputes with both sides; only they and the mediators see one."),
        "people",
    ),
    Role(
        PARTY,
        _("Party to a dispute"),
        _("Was invited to mediation: says yes or no, and signs only what is agreed."),
        "pen",
    ),
    Role(PostKind.CALL_TAKER, _("Call-taker"), _("Takes calls, and calls back those who reported."), "phone"),
    Role(
        "duty_officer",
        _("Duty officer"),
        _("Watches over the county in the command centre, and presses whoever is late."),
        "clock",
        "command:now",
        PostKind.DISPATCHER,
    ),
    *(
        Role(
            key,
            name,
            _("Sees the area as figures, what was taken up in full, and presses from above."),
            "clock",
            "command:now",
            PostKind.DISPATCHER,
            level=level,
        )
        for key, name, level in (
            ("city_officer", _("Duty officer of the city"), Level.CITY),
            ("province_officer", _("Duty officer of the province"), Level.PROVINCE),
        )
    ),
    Role(
        PostKind.HEAD, _("Head"), _("Sees everything in the area, and what is late."), "people", "desk:area"
    ),
    Role(
        PostKind.ADMINISTRATOR,
        _("Administrator"),
        _("Sets up posts, appoints people, and fills the gaps."),
        "lock",
        "desk:coverage",
    ),
)


@dataclass(frozen=True)
class Landing:
    """Where a role begins: the address, the case if it is one, and the appointment (none for residents and parties)."""

    address: str
    case: Case | None = None
    holding: Holding | None = None
    party: Party | None = None


def role_of(key: str) -> Role:
    """The role of a button."""
    for role in ROLES:
        if role.key == key:
            return role
    raise NotFound


def waiting() -> Counter[str]:
    """How many matters wait for each role (three statements); none for those who land on a page of their own."""
    above = {role.level: role.key for role in ROLES if role.level}
    pages = {role.key for role in ROLES if role.page}
    tasks = Task.objects.filter(closed_at=None).values_list("post__kind", "post__division__level")
    counted: Counter[str] = Counter()
    for kind, level, count in tasks.annotate(Count("pk")):
        key = above.get(level, kind)
        counted[key] += 0 if key in pages else count
    counted[RESIDENT] = Case.everywhere.filter(stage=WAITING_FOR_RESIDENT).count()
    counted[PARTY] = _asked_parties().count()
    return counted


def _asked_parties() -> QuerySet[Party]:
    """Those who are asked whether they want to settle a dispute, the longest asked first."""
    asked = Party.objects.filter(left_at=None, nr__gt=0, case__stage=WAITING_FOR_PARTIES)
    return asked.select_related("case").order_by("case_id", "nr")


def landing_for(role: Role) -> Landing:
    """Live work that waits for exactly this role; its desk when nothing does."""
    if role.key == RESIDENT:
        return resident_landing(
            _untouched(Case.everywhere.filter(stage=WAITING_FOR_RESIDENT).order_by("due", "-id")[:LOOKED_AT])
        )
    if role.key == PARTY:
        asked = _asked_parties().first()
        return replace(resident_landing(asked.case if asked else None), party=asked)
    if not role.page:
        tasks = Task.objects.filter(role.posts, closed_at=None).select_related("case")
        pressing = tasks.filter(pressing_at__gt=timezone.now()).order_by("pressing_at", "id")[:LOOKED_AT]
        found = _untouched(task.case for task in [*pressing, *tasks.order_by("-pressing_at")[:LOOKED_AT]])
        landing = post_landing(found, role.posts) if found else None
        if found and landing:
            return replace(landing, address=reverse(role.door, args=[found.number]))
    holding = Holding.objects.current().filter(role.posts).order_by("post__division__level", "pk").first()
    if holding is None:
        raise NotFound
    return Landing(reverse(role.page or "desk:to_do"), holding=holding)


def _untouched(cases: object) -> Case | None:
    now = timezone.now()
    found = list(cases)  # type: ignore[call-overload]
    return next((case for case in found if not is_held(case.number, now)), found[0] if found else None)


def post_landing(case: Case, posts: Q = ANY) -> Landing | None:
    """The case on the desk of whoever holds the post (one of these) that has a task in it."""
    tasks = Task.objects.filter(case=case.pk, closed_at=None)
    task = tasks.filter(posts).first()
    held = Holding.objects.current().filter(post=task.post_id).order_by("acting").first() if task else None
    return Landing(reverse("desk:case", args=[case.number]), case, held) if held else None


def resident_landing(case: Case | None) -> Landing:
    """The follow page of a case as the person who reported it sees it; the home page when there is none."""
    if case is None:
        return Landing(reverse("resident:home"))
    return Landing(reverse("resident:case", args=[case.number]), case)
