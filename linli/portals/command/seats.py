"""Who sits in a command centre: the same posts as at the desk, if they watch over an area."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.posts.actor import PostActor
from linli.posts.may import require_power, watches
from linli.residents.hats import Given, Opened, Seated, seat

READ, ALERTS = "command.read", "command.alerts"
PAGES = {
    "now": {"now", "outline"},
    "joint": {"joint", "room", "press", "decide"},
    "questions": {"questions"},
    "alerts": {"alerts", "end_alert_rule", "acknowledge"},
    "shifts": {"shifts", "hand_over", "take_over"},
    "trends": {"trends"},
    "briefing": {"briefing"},
}


@dataclass(frozen=True)
class Place:
    """An entry of the navigation."""

    label: str
    address: str
    here: bool


@dataclass(frozen=True)
class Centre:
    """The centre as the frame of its pages shows it: who sits there, with how many hats, on which page."""

    by: PostActor
    hats: int
    page: str

    @property
    def places(self) -> list[Place]:
        """The navigation, in the order of a shift."""
        labels = {
            "now": pgettext("command", "Now"),
            "joint": _("Joint cases"),
            "questions": _("Supervision"),
            "alerts": _("Alerts"),
            "shifts": _("Shift book"),
            "trends": _("Trends"),
            "briefing": _("Weekly briefing"),
        }
        return [
            Place(label, reverse(f"command:{name}"), self.page in PAGES[name])
            for name, label in labels.items()
        ]


def door_of(by: PostActor) -> str:
    """The address by which cases of the area are come by: their room, or how they stand where a level sees its part."""
    return "command:outline" if watches(by) else "command:room"


def watching(page: Seated[Given]) -> Opened[Given]:
    """For pages of the command centre: gives the view the actor, if its post watches over an area."""
    return seat(page, _at_the_centre)


def _at_the_centre(request: HttpRequest, by: PostActor, hats: int) -> None:
    require_power(by, READ, within=by.post.division.code)
    here = request.resolver_match.url_name if request.resolver_match else ""
    request.door = "command/base.html"  # type: ignore[attr-defined]
    request.centre = Centre(by, hats, here or "")  # type: ignore[attr-defined]
