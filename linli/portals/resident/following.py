"""Following a case with its number and code, and answering for it: confirm, contest, reopen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.base.text import tidy
from linli.cases.clocks import live_clocks
from linli.cases.follow import followed
from linli.cases.forms import StepForm
from linli.cases.holding_files import forgotten
from linli.cases.kinds import kind_of, step_of
from linli.cases.models import Case
from linli.cases.parties import reporter_stands, role_words, rows_of_parties, rows_of_several, stands
from linli.cases.procedure import REPRESENTATIVE, Step
from linli.cases.sensitive import is_private
from linli.cases.steps import form_for, steps_open_to, values_of
from linli.cases.story import OWN_WORDS, Happening, story_for_reporter, words_for_reporter
from linli.documents.showing import papers_of, to_sign
from linli.portals.resident.awaited import is_awaited
from linli.portals.resident.door import resident_page
from linli.portals.resident.linked import linked
from linli.portals.resident.looking import by_day
from linli.portals.resident.progress import milestones, shown_stage
from linli.portals.resident.rating import rating_on
from linli.portals.resident.unlocked import lock_all, may_see_looks, unlock, unlocked_ways, visible_case
from linli.portals.resident.whereabouts import whereabouts
from linli.posts.actor import PartyActor
from linli.residents.looks import Looks, Whose, looks_at
from linli.residents.models import Contact
from linli.residents.purposes import ACTING, BETWEEN
from linli.residents.reading import read_many
from linli.web.forms import FrameForm
from linli.web.limits import check_rate, limited, trying_code
from linli.web.parts import Line, Row
from linli.web.typed import ADDED, keep_typed, take_back

GUESSES_PER_MINUTE = 10
TYPED = "resident.typed"
FEW = 5  # readings on the page of a case; the rest is a page of its own


class FollowForm(FrameForm):
    """The two things on the receipt."""

    number = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric"}),
        help_text=gettext_lazy("As on your receipt, such as 320899-26-00042-7."),
    )
    code = forms.CharField(
        label=pgettext_lazy("to follow a case", "Code"),
        max_length=20,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=gettext_lazy("Eight letters and digits; large or small does not matter."),
    )


@dataclass(frozen=True)
class OpenStep:
    """A step the reporter may take now, with its form."""

    step: Step
    form: StepForm
    wanted: bool = False
    restored: bool = False

    @property
    def opened(self) -> bool:
        """Whether the form was just sent and has to be put right, or its words are back."""
        return self.form.is_bound or self.restored


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for number and code; below, what this device has open already."""
    if request.method == "POST":
        return _unlocked(request)
    form = FollowForm(initial={"number": request.GET.get("number", "")})
    return _ask(request, form)


def _unlocked(request: HttpRequest) -> HttpResponse:
    check_rate(request, "follow", GUESSES_PER_MINUTE)
    form = FollowForm(request.POST)
    if form.is_valid():
        try:
            number = form.cleaned_data["number"]
            with trying_code(request, number):
                case, party = followed(number, form.cleaned_data["code"])
        except NotFound:
            form.add_error(
                None, _("Number and code do not fit together. Please compare both with your receipt.")
            )
        else:
            unlock(request, case.pk, party)
            return redirect("resident:case", case.number)
    return _ask(request, form, status=422)


def _ask(request: HttpRequest, form: FollowForm, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    ways = [(case, way) for case, way in unlocked_ways(request) if way.by.acts_on(today)]
    content = {
        "form": form,
        "rows": case_rows([case for case, way in ways if not way.by.own_nr]),
        "between": party_rows([(case, nr) for case, way in ways if (nr := way.by.own_nr)]),
    }
    return render(request, "resident/follow.html", content, status=status)


def case_rows(cases: list[Case]) -> list[tuple[Case, str]]:
    """Cases with the words of their stages, for a short list."""
    return [(case, str(kind_of(case.kind).procedure.stages[case.stage].label)) for case in cases]


@dataclass(frozen=True)
class PartyRow:
    """A case somebody is a party of: what kind, in which role, how it stands; never what the reporter wrote."""

    case: Case
    kind: str
    role: str
    stage: str


def party_rows(cases: list[tuple[Case, int]]) -> list[PartyRow]:
    """Cases with the number of the party that reads, for a short list."""
    several = [case for case, _nr in cases]
    rows, stages = rows_of_several(several), (stage for _case, stage in case_rows(several))
    return [
        PartyRow(case, str(kind_of(case.kind).procedure.label), role_words(case, nr, rows[case.pk]), stage)
        for (case, nr), stage in zip(cases, stages, strict=True)
    ]


@require_POST
@resident_page
@limited("forget", 60)
def forget(request: HttpRequest) -> HttpResponse:
    """Close everything on this device, as one does on a shared computer."""
    lock_all(request)
    if "leave" in request.POST:  # whoever looks at the screen next finds no word of it
        return redirect("resident:home")
    messages.success(
        request, _("Closed on this device. With number and code you can open it again at any time.")
    )
    return redirect("resident:follow")


@require_safe
@resident_page
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """How it stands, what happened, and what the reporter may do now."""
    try:
        case, by = visible_case(request, number)
    except NotFound:
        return redirect(f"{reverse('resident:follow')}?{urlencode({'number': number})}")
    return show_case(request, case, by, sent=_restored(request, case, by))


def show_case(
    request: HttpRequest, case: Case, by: PartyActor, *, sent: OpenStep | None = None, status: int = 200
) -> HttpResponse:
    """The page of a case; `sent` is a step whose form has to be put right."""
    kind = kind_of(case.kind)
    story = story_for_reporter(case, by.nr)
    stage = kind.procedure.stages[shown_stage(case, story)]
    open_steps = _open_steps(case, by, story)
    waiting = not stage.ends and any(each.wanted for each in open_steps)
    papers = papers_of(case, by=by)
    content: dict[str, Any] = {
        "case": case,
        "kind": kind,
        "stage": stage,
        "outcome": kind.procedure.outcomes.get(case.outcome, ""),
        "milestones": milestones(case, story),
        "lines": _lines(story, ended=stage.ends),
        "waiting": waiting,
        "whereabouts": whereabouts(case, story, yours=waiting),
        "steps": [sent if sent and sent.step == each.step else each for each in open_steps],
        "to_sign": None if stage.ends else to_sign(papers, by=by),
        "due_label": _due_label(case),
        "private": is_private(case) and (kind.procedure.has_parties or case.category is not None),
        "wrong": sent.form if sent and not sent.restored else None,
        "detail": kind.detail_of(case),
        "detail_template": f"{case.kind}/detail.html",
        "audience": by.role,
        "party": by.nr,
        "tells_own": by.relation != REPRESENTATIVE or by.agency is not None,
        "own_role": role_words(case, nr, rows_of_parties(case)) if (nr := by.own_nr) else "",
        "general": by.agency is not None and not by.agency.special,
        "until": by.agency.ends if by.agency else None,
        "others": others_of(case, by),
        "helper": helper_of(case, by),
        "rating": rating_on(case, by),
        "links": [] if by.nr else list(linked(request, case)),
        "papers": papers,
        **forgotten(case),
        **_looks(request, case, by),
    }
    return render(request, "resident/case.html", content, status=status)


def helper_of(case: Case, by: PartyActor) -> str:
    """The post that took the case in for its reporter, at the window, on the telephone or at the door; else empty."""
    return case.opened_by.title if case.opened_by and case.reporter_id and not by.nr else ""


def others_of(case: Case, by: PartyActor) -> list[Row]:
    """The other parties, by name where the procedure names them to each other; each sees that the name was read."""
    rows = rows_of_parties(case)
    if not rows and not kind_of(case.kind).procedure.has_parties:
        return []
    own = by.own_nr
    contacts = {0: case.reporter} if reporter_stands(rows) else {}
    contacts |= {each.nr: each.contact for each in rows if stands(each)}
    named = {
        nr: each for nr, each in contacts.items() if nr != own and each and case.names_to_parties(each.pk)
    }
    names = _names(case, named, by)
    return [Row(role_words(case, nr, rows), names.get(nr) or _("not named")) for nr in contacts if nr != own]


def _names(case: Case, named: Mapping[int, Contact], by: PartyActor) -> dict[int, str]:
    """Names by the numbers of the parties; the party somebody acts for sees that this was why."""
    for_them = {by.nr} if by.agency else set()
    found: dict[int, str] = {}
    for why, some in ((ACTING, for_them & set(named)), (BETWEEN, set(named) - for_them)):
        people = read_many([(named[nr], case) for nr in sorted(some)], why, by=by) if some else []
        found |= {nr: person.name for nr, person in zip(sorted(some), people, strict=True)}
    return found


def whose_party(case: Case, by: PartyActor) -> Whose:
    """Whose readings belong to a party of a case; a report without a contact has some too."""
    several = {by.nr, by.own_nr}
    contacts = [each for nr in several for each in case.contacts_of_party(nr) if each]
    return Whose(contacts) if contacts else Whose(nameless=[] if by.nr else [case.pk])


def _looks(request: HttpRequest, case: Case, by: PartyActor) -> dict[str, Any]:
    """The newest few who looked; of a sensitive case only shortly after the code was typed."""
    if not may_see_looks(request, case, by):
        return {"locked": True}
    newest = looks_at(whose_party(case, by)).lines[:FEW]
    return {"days": by_day(Looks(newest), [case])}


def _open_steps(case: Case, by: PartyActor, story: list[Happening]) -> list[OpenStep]:
    """What may be done now, first what is asked for; without the steps by which there is nothing to do."""
    steps = [(step, _form(step, case, by)) for step in steps_open_to(by, case)]
    found = [OpenStep(step, form, is_awaited(step, case, story)) for step, form in steps if not form.idle]
    return sorted(found, key=lambda each: not each.wanted)


def _due_label(case: Case) -> str:
    """What the day is by which something is due: an answer that is promised; between parties, what the clock is for."""
    rules = kind_of(case.kind).procedure
    if not rules.has_parties:
        return _("We promise an answer by")
    names = [clock.name for clock in live_clocks(case) if clock.running and clock.due_at == case.due]
    shown = [rules.clocks[name] for name in names if rules.clocks[name].shown]
    return str(shown[0].label) if shown else _("Next date")


def _form(step: Step, case: Case, by: PartyActor, **sent: Any) -> StepForm:
    form = form_for(step, case, by=by, **sent)
    form.auto_id = f"{step.name}_%s"  # several forms on one page
    return form


@require_POST
@resident_page
def take_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Take a step as the reporter; what was typed stays when something is wrong."""
    try:
        case, by = visible_case(request, number)
    except NotFound:
        return _kept_until_unlocked(request, number, step)
    rule = step_of(case.kind, step)
    if by.role not in rule.parties:
        raise NotYours(_("This step is not yours to take."))
    form = _form(rule, case, by, data=request.POST, files=request.FILES)
    kind = kind_of(case.kind)
    try:
        kind.function(rule)(kind.reference(case), **values_of(form), by=by, seen=_seen(request))
    except Conflict as refusal:
        keep_typed(request, TYPED, f"{case.number}/{step}")
        messages.warning(request, refusal.sentence)
        return redirect("resident:case", case.number)
    except Invalid:
        if rule not in steps_open_to(by, case):
            messages.warning(request, str(Conflict.sentence))
            return redirect("resident:case", case.number)
        return show_case(request, case, by, sent=OpenStep(rule, form), status=422)
    messages.success(request, _("Thank you. It has been recorded: “%(step)s”.") % {"step": rule.label})
    return redirect("resident:case", case.number)


def _kept_until_unlocked(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """The session has ended: the code is asked for again, and whether there is such a case stays unsaid."""
    if not any(value for name, value in request.POST.items() if name not in ADDED):
        raise NotFound
    keep_typed(request, TYPED, f"{tidy(number)}/{step}")
    messages.info(request, _("Please type your code again. What you had written is kept."))
    return redirect(f"{reverse('resident:follow')}?{urlencode({'number': number})}")


def _restored(request: HttpRequest, case: Case, by: PartyActor) -> OpenStep | None:
    """A step whose words were sent when the page was locked: they stand in its form again, and it is not taken yet."""
    page = str(request.session.get(TYPED, {}).get("page", ""))
    number, _slash, name = page.partition("/")
    if number != case.number:
        return None
    typed = take_back(request, TYPED, page)
    rule = next((each for each in steps_open_to(by, case) if each.name == name), None)
    if not typed or rule is None:
        return None
    messages.info(request, _("What you had written is here again. Photos have to be chosen again."))
    form = _form(rule, case, by)
    form.initial.update({name: value for name, value in typed.items() if name in form.fields})
    return OpenStep(rule, form, wanted=True, restored=True)


def _seen(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _lines(story: list[Happening], *, ended: bool) -> list[Line]:
    """The story, its newest line marked while it goes on."""
    marks = ["" for _each in story[:-1]] + ["good" if ended else "now"]
    return [_line(each, mark) for each, mark in zip(story, marks, strict=True)]


_OWN = {OWN_WORDS: gettext_lazy("You"), REPRESENTATIVE: gettext_lazy("Who acts for you")}


def _line(each: Happening, mark: str) -> Line:
    return Line(
        at=each.at,
        title=each.label,
        who=_OWN.get(each.relation) or each.post,
        text=words_for_reporter(each.relation, each.words),
        mark=mark,
    )
