"""The weekly briefing (周报), as Word and Excel to edit: figures by area with their definitions and links; no names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from linli.analytics.beside import AWAITED, JOINT
from linli.analytics.counting import Counted, count, total
from linli.analytics.definition import Figure
from linli.analytics.figures import all_figures
from linli.analytics.parts import REST, Part, by_place
from linli.analytics.periods import Period
from linli.analytics.questions import Question
from linli.analytics.standing import Standing, standing
from linli.base.errors import Invalid, NotFound
from linli.base.sheets import XLSX, Cell, Table, write_workbook
from linli.base.sheets import Heading as Column
from linli.base.word import CENTRED, DOCX, NOTE, Grid, Heading, Paragraph, write_document
from linli.base.word import Part as Section
from linli.cases.narrowing import Narrowing
from linli.divisions.codes import Level
from linli.divisions.models import Division
from linli.portals.command.numbers import Number, number_of
from linli.portals.command.seats import watching
from linli.posts.actor import PostActor
from linli.posts.tree import Node, standing_at
from linli.web.times import days_words, moment_words

FIGURES = ("opened", "closed", "due", "in_time_first", "in_time", "reopened", "open", "overdue")
A_WEEK = timedelta(days=7)
STANDING = ("open", "overdue")  # as of now, whichever week is told
WEEKS = 8


@dataclass(frozen=True)
class Row:
    """An area, or all of them, with the number of each figure; or a figure, with those of two weeks."""

    label: str
    numbers: Sequence[Number]


@dataclass(frozen=True)
class Briefing:
    """A week of an area: every number is a figure with its definition, beside the week before."""

    node: Node
    week: Period
    now: datetime

    @cached_property
    def figures(self) -> list[Figure]:
        """What is told."""
        return [all_figures()[name] for name in FIGURES]

    def _asked(self, period: Period) -> Question:
        return Question(Narrowing(place=self.node.here.trimmed), period, self.now, stands=self._stands)

    @cached_property
    def _stands(self) -> Standing:
        return standing(self.now)

    @cached_property
    def parts(self) -> list[Part]:
        """The areas one level down; only the whole where there are none that may be told apart."""
        here = self.node.here
        if self.node.below and here.level < Level.VILLAGE:
            return by_place(self._asked(self.week), here, self.node.below, self._counted)
        return [Part(count(self._asked(self.week), figures=self._counted)[None], place=here)]

    @property
    def _counted(self) -> list[Figure]:
        return [*self.figures, JOINT, AWAITED]

    @cached_property
    def whole(self) -> Counted:
        """The week."""
        return total(part.counted for part in self.parts)

    @cached_property
    def before(self) -> Counted:
        """The week before."""
        return count(self._asked(self._earlier), figures=self.figures)[None]

    @property
    def _earlier(self) -> Period:
        return Period(self.week.since - A_WEEK, self.week.until - A_WEEK)

    @property
    def title(self) -> str:
        """What stands above it."""
        return _("Weekly briefing: %(place)s") % {"place": self.node.here.name}

    @property
    def days(self) -> str:
        """Which days."""
        return days_words(self.week.since, self.week.until)

    @property
    def labels(self) -> list[str]:
        """What stands above the numbers; of what is open it is said that it is so now, not in that week."""
        now = _("%(figure)s (now)")
        return [
            now % {"figure": each.label} if each.name in STANDING else str(each.label)
            for each in self.figures
        ]

    @property
    def compared(self) -> list[Row]:
        """Each figure with the week and the week before; what stands open now belongs to no week."""
        weeks = [
            (_("This week"), self.whole, self.week),
            (_("The week before"), self.before, self._earlier),
        ]
        here = self.node.here.trimmed
        return [
            Row(
                str(each.label),
                [number_of(each, counted, week, label=label, place=here) for label, counted, week in weeks],
            )
            for each in self.figures
            if each.name not in STANDING
        ]

    @property
    def sentences(self) -> list[str]:
        """What the numbers say in words, to be gone on with."""
        told = {name: self.whole.get(name, 0) for name in FIGURES}
        told |= {"joint": self.whole.get(JOINT.name, 0), "questions": self.whole.get(AWAITED.name, 0)}
        week = (
            _(
                "Cases of the week: %(opened)d raised, %(closed)d closed; of %(due)d due, %(in_time)d dealt with in "
                "time with extensions, %(in_time_first)d by the first promise."
            )
            if any(told[name] for name in FIGURES if name not in STANDING)
            else _("In the week no case was raised, closed or due.")
        )
        stands = _(
            "As of %(now)s: %(open)d open, %(overdue)d of them overdue; %(joint)d handled jointly; "
            "answers awaited: %(questions)d."
        )
        return [week % told, stands % {**told, "now": moment_words(self.now)}]

    def rows(self) -> list[Row]:
        """A row for each area and one for all."""
        found = [self._row(self._called(part), part.counted, part.place, part.rest) for part in self.parts]
        return [*found, self._row(_("All"), self.whole)] if len(found) > 1 else found

    def _row(self, label: str, counted: Counted, place: Division | None = None, rest: str = "") -> Row:
        of = {"place": (place or self.node.here).trimmed, **({"rest": rest} if rest else {})}
        named = zip(self.figures, self.labels, strict=True)
        return Row(label, [number_of(each, counted, self.week, label=said, **of) for each, said in named])

    def _called(self, part: Part) -> str:
        return part.place.name if part.place else pgettext("rest", "The rest") if part.rest == REST else ""


@require_safe
@watching
def briefing(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The briefing of a week as a page, and where it is fetched as a file."""
    told = _told(request, by)
    place = {"place": told.node.here.trimmed}
    chosen = {**place, "week": told.week.since.isoformat()}
    last = _last_week()
    weeks = [last - A_WEEK * back for back in range(WEEKS)]
    context = {
        "told": told,
        "node": told.node,
        "rows": told.rows(),
        "weeks": [
            (day, f"?{urlencode({**place, 'week': day.isoformat()})}", day == told.week.since)
            for day in weeks
        ],
        "files": {
            form: f"{reverse('command:briefing_file')}?{urlencode({**chosen, 'form': form})}"
            for form in FORMS
        },
    }
    return render(request, "command/briefing.html", context)


@require_safe
@watching
def briefing_file(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The briefing as Word or Excel, to be edited."""
    form = request.GET.get("form", "docx")
    if form not in FORMS:
        raise NotFound
    told = _told(request, by)
    content = as_word(told, request.build_absolute_uri("/")) if form == "docx" else as_excel(told)
    response = HttpResponse(content, content_type=FORMS[form])
    name = f"{_('Weekly briefing')}-{told.node.here.name}-{told.week.since}.{form}"
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    return response


FORMS = {"docx": DOCX, "xlsx": XLSX}


def _told(request: HttpRequest, by: PostActor) -> Briefing:
    node = standing_at(by, request.GET.get("place", ""))
    asked = request.GET.get("week", "")
    try:
        day = date.fromisoformat(asked) if asked else _last_week()
        monday = day - timedelta(days=day.weekday())
        return Briefing(node, Period.between(monday, monday + timedelta(days=6)), timezone.now())
    except (ValueError, OverflowError) as trouble:
        raise Invalid(_("Choose a week from the list.")) from trouble


def _last_week() -> date:
    """The Monday of the last whole week."""
    today = timezone.localdate()
    return today - timedelta(days=today.weekday()) - A_WEEK


def as_word(told: Briefing, site: str) -> bytes:
    """The briefing as .docx; `site` is where its links begin."""
    rows = [[row.label, *(str(number.count) for number in row.numbers)] for row in told.rows()]
    compared = [[row.label, *(str(number.count) for number in row.numbers)] for row in told.compared]
    parts: list[Section] = [
        Heading(told.title),
        Paragraph(told.days, look=CENTRED),
        *(Paragraph(each) for each in told.sentences),
        Heading(_("The week beside the week before"), 2),
        Grid([_("Figure"), _("This week"), _("The week before")], compared),
        Heading(_("By area"), 2),
        Grid([_("Area"), *told.labels], rows),
        Heading(_("What is counted"), 2),
        *(Paragraph(f"{each.label}{_colon()}{each.meaning}", look=NOTE) for each in told.figures),
        *_links(told, site),
    ]
    return write_document(parts)


def _links(told: Briefing, site: str) -> Sequence[Section]:
    days = {"period": "free", "since": told.week.since.isoformat(), "until": told.week.until.isoformat()}
    query = urlencode({**days, "place": told.node.here.trimmed})
    figures = f"{site.rstrip('/')}{reverse('desk:figures')}?{query}"
    now = f"{site.rstrip('/')}{reverse('command:now')}?{urlencode({'place': told.node.here.trimmed})}"
    return [
        Paragraph(_("The figures of this week, each with its cases"), figures, NOTE),
        Paragraph(_("How it stands now"), now, NOTE),
    ]


def as_excel(told: Briefing) -> bytes:
    """The briefing as .xlsx: the table, and what is counted beside it."""
    columns = [Column(_("Area"), 28), *(Column(label, 13) for label in told.labels)]
    rows: list[list[Cell]] = [[row.label, *(number.count for number in row.numbers)] for row in told.rows()]
    remarks = [told.title, told.days, *told.sentences]
    remarks += [f"{each.label}{_colon()}{each.meaning}" for each in told.figures]
    return write_workbook(Table(_("Weekly briefing"), columns, rows, remarks, _("What is counted")))


def _colon() -> str:
    return pgettext("between a label and its value", ": ")
