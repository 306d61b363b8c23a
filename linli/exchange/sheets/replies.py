"""Returning replies: in the source's own form, in the words the reporter may read, marked once, fetched again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound
from linli.base.text import tidy
from linli.base.writing import writing
from linli.cases.kinds import kind_of
from linli.cases.models import Case
from linli.cases.procedure import REPORTER
from linli.cases.story import Happening, story_for_reporter
from linli.exchange.feeds.fields import STAGE
from linli.exchange.models import Foreign, Reply, ReplyForm, Return, Source, TheirCode
from linli.exchange.sheets.filling import Filled, fill, look_at_form
from linli.exchange.sheets.owed import all_in_area, is_answered, owed
from linli.exchange.sheets.roles import OUTGOING
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.posts.models import Post

MOST_AT_ONCE = 200
LONGEST_INTERIM = 1000
_TOLD = ("result", "reason")  # the words of published steps that answer the reporter


@dataclass(frozen=True)
class Answer:
    """What would go back about a case. An interim one (`final` is False) says why it takes longer, and the plan."""

    foreign: Foreign
    final: bool
    text: str
    state: str
    body: str
    at: datetime


def answer_of(foreign: Foreign) -> Answer:
    """The answer as the case stands now; the words are those the reporter reads, the body is never a person."""
    case = foreign.case
    procedure = kind_of(case.kind).procedure
    told = _telling(case)
    final = is_answered(case)
    state = str(procedure.outcomes.get(case.outcome) or procedure.stages[case.stage].label)
    return Answer(
        foreign,
        final,
        _text_of(told) or (state if final else ""),
        _their_word(foreign) or state,
        case.lead.organisation.name if case.lead else _body_of(told),
        told.at if told else case.at,
    )


def _their_word(foreign: Foreign) -> str:
    """What the source calls how the case stands: its own form may take no other word. Empty where nobody has said."""
    case = foreign.case
    kept = TheirCode.objects.filter(source=foreign.source_id, sort=STAGE, kind=case.kind, code=case.stage)
    return kept.values_list("theirs", flat=True).first() or ""


def _telling(case: Case) -> Happening | None:
    """The last published step that says what was done or why not; what the reporter said is no answer."""
    steps = kind_of(case.kind).procedure.steps
    for each in reversed(story_for_reporter(case)):
        step = steps.get(each.step)
        if step and REPORTER not in step.parties and any(each.words.get(name) for name in _TOLD):
            return each
    return None


def _body_of(told: Happening | None) -> str:
    """The body that answered, where nobody was sent out: whoever refused it or passed it on."""
    key = told.post_key if told else None
    post = Post.objects.select_related("organisation").filter(pk=key).first() if key else None
    return post.organisation.name if post else ""


def _text_of(told: Happening | None) -> str:
    if told is None:
        return ""
    words = [told.words[name] for name in _TOLD if told.words.get(name)]
    if told.words.get("next_owner"):
        words.append(_("Taken over by: %(body)s.") % {"body": told.words["next_owner"]})
    return "\n".join(words)


def save_form(
    source: Source, said: tuple[str, bytes], columns: dict[str, str], *, by: PostActor
) -> ReplyForm:
    """Keep a source's workbook for replies (`said`: its name and bytes), and which column gets what (role: heading)."""
    require(by, "exchange.sheets", within=source.division.code)
    label, content = said
    _sheet, top = look_at_form(content)
    for role in OUTGOING:
        if role.needed and not columns.get(role.name):
            raise Invalid(_("Say which column is “%(role)s”.") % {"role": role.label})
    if len(set(columns.values())) < len(columns):
        raise Invalid(_("One column cannot get two things."))
    with writing():
        Source.objects.select_for_update().get(pk=source.pk)
        last = ReplyForm.objects.filter(source=source).aggregate(last=Max("version"))["last"] or 0
        made = ReplyForm.objects.create(
            source=source,
            version=last + 1,
            by_post=by.post,
            label=label[:120],
            content=content,
            heading=top + 1,
            columns=columns,
        )
        facts = {"source": source.code, "version": made.version}
        record(Line("exchange.keep_reply_form", by.by(), source.division.code, facts=facts))
    return made


def form_of(source: Source) -> ReplyForm | None:
    """The reply form in force."""
    return ReplyForm.objects.filter(source=source).order_by("-version").first()


def chosen_of(source: Source, keys: Sequence[int], *, by: PostActor) -> list[Foreign]:
    """Of what is owed to a source, what somebody chose; at most as many as one workbook takes."""
    if len(keys) > MOST_AT_ONCE:
        raise Invalid(_("Return at most %(most)d at once.") % {"most": MOST_AT_ONCE})
    return list(_with_cases(owed([source], by=by).filter(pk__in=keys)))


def _with_cases(rows: QuerySet[Foreign]) -> QuerySet[Foreign]:
    rows = rows.select_related("case__lead__organisation", "case__division", "source")
    return rows.defer("case__division__outline")


def give_back(source: Source, chosen: Mapping[int, str], *, by: PostActor) -> Return:
    """Mark these as returned, word for word; `chosen`: each foreign row's key, with the words of an interim answer.

    What somebody else has returned meanwhile is left out; Conflict when nothing is left.
    """
    require(by, "exchange.sheets", within=source.division.code)
    form = form_of(source)
    if form is None:
        raise Conflict(_("This source has no reply form yet. Keep its workbook first."))
    with writing():
        Source.objects.select_for_update().get(pk=source.pk)
        answers = [answer_of(each) for each in chosen_of(source, list(chosen), by=by)]
        if not answers:
            raise Conflict(_("These have been returned already. Fetch the workbook again under “Returned”."))
        back = Return.objects.create(source=source, form=form, by_post=by.post)
        Reply.objects.bulk_create([_reply(back, each, chosen[each.foreign.pk]) for each in answers])
        _mark(answers)
        final = sum(each.final for each in answers)
        facts = {
            "source": source.code,
            "return": str(back.pk),
            "final": final,
            "interim": len(answers) - final,
        }
        record(Line("exchange.return_replies", by.by(), by.post.division.code, facts=facts))
    return back


def _reply(back: Return, answer: Answer, interim: str) -> Reply:
    text = answer.text if answer.final else tidy(interim)[:LONGEST_INTERIM]
    if not text:
        sentence = _("%(number)s is not finished: say why it takes longer, and what is planned.")
        raise Invalid(sentence % {"number": answer.foreign.number})
    return Reply(
        back=back,
        foreign=answer.foreign,
        final=answer.final,
        text=text,
        state=answer.state[:60],
        body=answer.body[:100],
        answered_at=answer.at if answer.final else back.at,
    )


def _mark(answers: Sequence[Answer]) -> None:
    now = timezone.now()
    for final, name in ((True, "returned_at"), (False, "interim_at")):
        keys = [each.foreign.pk for each in answers if each.final is final]
        Foreign.objects.filter(pk__in=keys).update(**{name: now})


def return_of(source: Source, key: UUID, *, by: PostActor) -> Return:
    """A return of a source whose cases all lie in the actor's area; NotFound for any other."""
    found = Return.objects.filter(source=source, pk=key).select_related("form", "source").first()
    if found is None or not all_in_area(found.replies.values_list("foreign__case", flat=True), by=by):
        raise NotFound
    return found


def returned_workbook(back: Return) -> bytes:
    """The replies of a return in the source's own form; the same however often it is fetched."""
    rows = back.replies.select_related("foreign__case").order_by("pk")
    columns: dict[str, Any] = back.form.columns
    filled = [
        {columns[role]: value for role, value in _values(each, number).items() if role in columns}
        for number, each in enumerate(rows, 1)
    ]
    return fill(bytes(back.form.content), back.form.heading, filled)


def _values(reply: Reply, number: int) -> dict[str, Filled]:
    return {
        "row": number,
        "number": reply.foreign.number,
        "ours": reply.foreign.case.number,
        "answered_at": reply.answered_at,
        "body": reply.body,
        "state": reply.state,
        "text": reply.text,
    }


def told_about(case: Case) -> int:
    """How many replies that went back about a case still hold their words."""
    return Reply.objects.filter(foreign__case=case).exclude(text="").count()


def clear_told(case: Case) -> None:
    """Take away what was told about a case, after its years; that and when it was told stays."""
    Reply.objects.filter(foreign__case=case).update(text="")
