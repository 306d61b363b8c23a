"""What stands in the desk's navigation: only what the hat may open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.cases.bodywork import READ_BODY
from linli.cases.calling import TAKE_CALLS
from linli.cases.lists import MOST_COUNTED, counts
from linli.cases.offering import kinds_to_open
from linli.exchange.sheets.owed import count_owed
from linli.exchange.sources import sources_in
from linli.posts.actor import PostActor
from linli.posts.models import PostKind
from linli.posts.powers import kinds_with
from linli.residents.people.fields import RULES
from linli.residents.people.pairs import DOUBLES
from linli.residents.people.reading import has_window
from linli.residents.people.registering import REGISTER

TO_DO_PAGES = {
    *("to_do", "done", "raised", "copied", "bulk", "filters", "change_filter", "case", "step", "contact"),
    *(
        "emergency",
        "note",
        "withdraw_note",
        "similar",
        "compare",
        "copy_case",
        "file",
        "case_resident",
        "paper",
    ),
}
REPORT_PAGES = {"reports", "report", "report_whole"}
CATALOGUE_PAGES = {
    *("catalogues", "catalogue", "catalogue_add", "catalogue_row", "catalogue_history"),
    *("catalogue_upload", "catalogue_preview", "catalogue_undo", "catalogue_decide"),
}
EXCHANGE_PAGES = {
    *("exchange", "sheets", "sheet", "delivery", "sheet_map", "make_map", "exchange_source"),
    *("owed", "return_replies", "returned", "reply_form", "reply_columns", "give_source_key"),
    *("feed", "feed_webhook", "feed_replay", "feed_codes", "feed_dictionary"),
}
RESIDENT_PAGES = {
    *("residents", "register_resident", "resident", "household", "correct_resident", "move_resident"),
    *("end_resident", "doubles", "decide_double", "resident_fields", "kept_looks"),
}
FIGURE_PAGES = {*("figures", "figure_list", "stage_times", "stage_list", "kind_figures", "kind_figure_list")}
MEDIATION_PAGES = {
    *("mediation", "mediation_coverage", "mediation_ways", "mediation_upload", "end_body", "end_mediator"),
    *("mediation_body", "enter_body", "change_body", "add_mediator", "mediator", "declare_tie"),
}
POST_PAGES = {"posts", "division", "bodies", "found", "post", "appoint", "access", "end", "give_up"}


@dataclass(frozen=True)
class Place:
    """One entry of the navigation; `pages` are the names of the pages that belong to it."""

    label: str
    address: str
    pages: frozenset[str]
    waiting: str = ""


@dataclass(frozen=True)
class Group:
    """Entries of the navigation that fold out together; `here` is the one whose page is open."""

    label: str
    places: list[Place]
    here: Place | None


@dataclass(frozen=True)
class Desk:
    """The desk of one request: who sits at it, how many hats that person could wear, which page is open."""

    by: PostActor
    hats: int
    page: str = ""

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
    def goes_out(self) -> bool:
        """Whether the post works outside, with the field app."""
        return self.by.post.kind == PostKind.GRID_WORKER

    @property
    def waiting(self) -> str:
        """How many tasks are open."""
        return self.counted["to_do"]

    @cached_property
    def work(self) -> list[Place]:
        """What lies open in the navigation: the work of the day."""
        found = [
            _place(pgettext("desk", "To do"), "to_do", TO_DO_PAGES, self.waiting),
            _place(pgettext("desk", "Area"), "area", {"area"}),
        ]
        if kinds_to_open(self.by):
            pages = REPORT_PAGES if self.takes_calls else REPORT_PAGES | {"chats"}
            found.append(_place(pgettext("desk", "Report"), "reports", pages))
        if has(self.by, "command.read"):
            found.append(Place(_("Command centre"), reverse("command:now"), frozenset()))
        if has(self.by, TAKE_CALLS):
            found.append(_place(_("Calls"), "calls", {"calls", "chats", "put_through"}))
        if has(self.by, "exchange.read"):
            waiting = count_owed(sources_in(self.by), by=self.by)
            found.append(_place(pgettext("desk", "Exchange"), "exchange", EXCHANGE_PAGES, waiting))
        if self.goes_out:
            found.append(Place(_("Field app"), reverse("field:to_do"), frozenset()))
        return found

    @cached_property
    def groups(self) -> list[Group]:
        """What folds out beside the work: the people, what is settled here, and what watches over it."""
        parts = [
            (_("People"), self._people()),
            (_("Posts and rules"), self._settled()),
            (_("Oversight"), self._oversight()),
        ]
        return [
            Group(label, places, next((each for each in places if self.page in each.pages), None))
            for label, places in parts
            if places
        ]

    def _people(self) -> list[Place]:
        found = []
        if has_window(self.by, kinds_with(REGISTER)):
            found.append(_place(_("Residents"), "residents", RESIDENT_PAGES))
        elif has(self.by, DOUBLES) or has(self.by, RULES):
            page = "doubles" if has(self.by, DOUBLES) else "resident_fields"
            found.append(_place(_("Residents"), page, RESIDENT_PAGES))
        mediation = _place(pgettext("register", "Mediation"), "mediation", MEDIATION_PAGES)
        return found + self._with_power([("registers.read", mediation)])

    def _settled(self) -> list[Place]:
        procedures = _place(_("Procedures"), "procedures", {"procedures", "procedure", "rules"})
        return self._with_power(
            [
                ("posts.appoint", _place(_("Posts"), "posts", POST_PAGES)),
                ("coverage.read", _place(_("Coverage"), "coverage", {"coverage"})),
                ("catalogue.read", _place(_("Catalogue"), "catalogues", CATALOGUE_PAGES)),
                ("", procedures),
                ("templates.edit", _place(_("Templates"), "templates", {"templates", "retire_template"})),
                (
                    "papers.edit",
                    _place(_("Documents"), "paper_templates", {"paper_templates", "paper_template"}),
                ),
                ("registers.edit", _place(_("Inhabitants"), "inhabitants", {"inhabitants"})),
                ("calendar.edit", _place(_("Calendar"), "calendar", {"calendar", "change_calendar"})),
            ]
        )

    def _oversight(self) -> list[Place]:
        return self._with_power(
            [
                (READ_BODY, _place(_("Work of the body"), "body_work", {"body_work"})),
                ("", _place(_("Figures"), "figures", FIGURE_PAGES)),
                ("", _place(_("Scorecard"), "scorecard", {"scorecard", "scorecard_places"})),
                ("", _place(_("Ratings"), "ratings", {"ratings"})),
                ("", _place(_("Rights"), "rights", {"rights", "why"})),
                (
                    "privacy.assess",
                    _place(_("Personal data"), "privacy", {"privacy", "activity", "erasures"}),
                ),
                ("looks.print", _place(_("Printouts"), "printouts", {"printouts"})),
                ("exports.approve", _place(_("Exports"), "exports", {"exports", "export", "ask_contacts"})),
                ("notices.resend", _place(pgettext("desk", "Notices"), "notices", {"notices"})),
            ]
        )

    def _with_power(self, places: list[tuple[str, Place]]) -> list[Place]:
        """Those for which the post's kind carries the power; an empty one is nobody's to withhold."""
        return [place for needed, place in places if not needed or has(self.by, needed)]


def _place(label: str, name: str, pages: set[str], waiting: str = "") -> Place:
    return Place(label, reverse(f"desk:{name}"), frozenset(pages), waiting)


def has(by: PostActor, needed: str) -> bool:
    """Whether the kind of the actor's post carries a power; where it reaches is asked when it is used."""
    return by.post.kind in kinds_with(needed)
