"""What stands in the desk's navigation: only what the hat may open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.cases.calling import TAKE_CALLS
from linli.cases.kinds import Kind, all_kinds, power
from linli.cases.lists import MOST_COUNTED, counts
from linli.exchange.sheets.owed import count_owed
from linli.exchange.sources import sources_in
from linli.posts.actor import PostActor
from linli.posts.powers import kinds_with
from linli.residents.people.fields import RULES
from linli.residents.people.pairs import DOUBLES
from linli.residents.people.reading import has_window
from linli.residents.people.registering import REGISTER

CATALOGUE_PAGES = {
    *("catalogues", "catalogue", "catalogue_add", "catalogue_row", "catalogue_history"),
    *("catalogue_upload", "catalogue_preview"),
}
EXCHANGE_PAGES = {
    *("exchange", "sheets", "sheet", "delivery", "sheet_map", "make_map"),
    *("owed", "return_replies", "returned", "reply_form", "reply_columns"),
    *("feed", "feed_webhook", "feed_replay", "feed_codes", "feed_dictionary"),
}
RESIDENT_PAGES = {
    *("residents", "register_resident", "resident", "household", "correct_resident", "move_resident"),
    *("end_resident", "doubles", "resident_fields"),
}
MEDIATION_PAGES = {
    *("mediation", "mediation_coverage", "mediation_ways", "mediation_upload"),
    *("mediation_body", "enter_body", "change_body", "add_mediator", "mediator", "declare_tie"),
}


@dataclass(frozen=True)
class Place:
    """One entry of the navigation; `pages` are the names of the pages that belong to it."""

    label: str
    address: str
    pages: frozenset[str]
    waiting: str = ""


@dataclass(frozen=True)
class Desk:
    """The desk of one request: who sits at it, and how many hats that person could wear."""

    by: PostActor
    hats: int

    @cached_property
    def counted(self) -> dict[str, str]:
        """How many rows each list of the post has, for the badges (one statement, however long they are)."""
        return {
            name: f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")
            for name, count in counts(self.by).items()
        }

    @property
    def takes_calls(self) -> bool:
        """Whether callers may be put through from here."""
        return has(self.by, TAKE_CALLS)

    @property
    def waiting(self) -> str:
        """How many tasks are open."""
        return self.counted["to_do"]

    @cached_property
    def places(self) -> list[Place]:
        """The navigation, in the order of a day's work."""
        found = [
            Place(
                pgettext("desk", "To do"),
                reverse("desk:to_do"),
                frozenset(
                    {
                        "to_do",
                        "case",
                        "step",
                        "contact",
                        "emergency",
                        "done",
                        "raised",
                        "copied",
                        "bulk",
                        "filters",
                    }
                ),
                self.waiting,
            ),
            Place(pgettext("desk", "Area"), reverse("desk:area"), frozenset({"area"})),
            Place(_("Figures"), reverse("desk:figures"), frozenset({"figures", "figure_list"})),
        ]
        if kinds_to_open(self.by):
            found.append(
                Place(pgettext("desk", "Report"), reverse("desk:reports"), frozenset({"reports", "report"}))
            )
        if has_window(self.by, kinds_with(REGISTER)):
            found.append(Place(_("Residents"), reverse("desk:residents"), frozenset(RESIDENT_PAGES)))
        elif has(self.by, DOUBLES) or has(self.by, RULES):
            page = "doubles" if has(self.by, DOUBLES) else "resident_fields"
            found.append(Place(_("Residents"), reverse(f"desk:{page}"), frozenset(RESIDENT_PAGES)))
        if has(self.by, "exchange.read"):
            waiting = count_owed(sources_in(self.by), by=self.by)
            label = pgettext("desk", "Exchange")
            found.append(Place(label, reverse("desk:exchange"), frozenset(EXCHANGE_PAGES), waiting))
        for needed, label, name, pages in _by_power():
            if has(self.by, needed):
                found.append(Place(label, reverse(f"desk:{name}"), frozenset(pages)))
        found.append(
            Place(_("Procedures"), reverse("desk:procedures"), frozenset({"procedures", "procedure"}))
        )
        found.append(Place(_("Rights"), reverse("desk:rights"), frozenset({"rights", "why"})))
        found.append(Place(_("Absence"), reverse("desk:absence"), frozenset({"absence"})))
        return found


def _by_power() -> list[tuple[str, str, str, set[str]]]:
    """Pages that need a power: the power, what they are called, the first one, all of them."""
    return [
        (TAKE_CALLS, _("Calls"), "calls", {"calls", "chats", "put_through"}),
        ("looks.print", _("Printouts"), "printouts", {"printouts"}),
        ("coverage.read", _("Coverage"), "coverage", {"coverage"}),
        ("registers.read", pgettext("register", "Mediation"), "mediation", MEDIATION_PAGES),
        ("catalogue.read", _("Catalogue"), "catalogues", CATALOGUE_PAGES),
        (
            "posts.appoint",
            _("Posts"),
            "posts",
            {"posts", "division", "bodies", "found", "post", "appoint"},
        ),
        ("exports.approve", _("Exports"), "exports", {"exports", "export", "ask_contacts"}),
        ("templates.edit", _("Templates"), "templates", {"templates"}),
        ("papers.edit", _("Documents"), "paper_templates", {"paper_templates", "paper_template"}),
        ("calendar.edit", _("Calendar"), "calendar", {"calendar", "change_calendar"}),
        ("privacy.assess", _("Personal data"), "privacy", {"privacy", "activity", "erasures"}),
        ("notices.resend", pgettext("desk", "Notices"), "notices", {"notices"}),
    ]


def has(by: PostActor, needed: str) -> bool:
    """Whether the kind of the actor's post carries a power; where it reaches is asked when it is used."""
    return by.post.kind in kinds_with(needed)


def kinds_to_open(by: PostActor) -> list[Kind]:
    """The kinds of case this actor may open for somebody who called, came in or was met outside."""
    offered = (kind for kind in all_kinds() if kind.procedure.offered)
    return [kind for kind in offered if has(by, power(kind.name, kind.procedure.opening))]
