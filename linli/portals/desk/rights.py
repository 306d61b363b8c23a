"""Who may do what here, and why: the tables that decide, to be read, filtered and printed; and one decision explained.

Rights are no secret: every official reads them all. Posts are named, never persons.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.base.errors import Invalid
from linli.base.text import tidy
from linli.cases.apart import constraints
from linli.cases.kinds import all_kinds, kind_of
from linli.cases.reading import case_for, require_whole
from linli.cases.rights import (
    PostRight,
    explain,
    explain_here,
    party_rights,
    post_rights,
    purposes,
    who_sees,
)
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.posts.lookup import meeting
from linli.posts.models import Holding, Post, PostKind
from linli.posts.tree import standing_at
from linli.residents.access import classes_of
from linli.residents.looks import classes_words
from linli.residents.purposes import Purpose
from linli.web.telling import with_errors

MOST = 120


@require_safe
@seated
def rights(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The tables for a place, narrowed by kind of post, kind of case and words."""
    node = standing_at(by, request.GET.get("area", ""))
    words = tidy(request.GET.get("words", ""))[:60]
    post_kind = _one_of(request.GET.get("post", ""), PostKind.values)
    kind = _one_of(request.GET.get("kind", ""), [each.name for each in all_kinds()])
    posts = _posts_at(node.here.span, post_kind)
    context = {
        "node": node,
        "sees": who_sees(),
        "posts": posts[:MOST],
        "more": len(posts) - MOST,
        "rows": [
            (row, _who(row)) for row in post_rights(post_kind, kind) if _fits(words, row.label, row.source)
        ],
        "parties": [row for row in party_rights(kind) if _fits(words, row.step, row.kind)]
        if not post_kind
        else [],
        "purposes": [_shown(each) for each in purposes(post_kind) if _fits(words, each.label(), each.basis)],
        "constraints": [each for each in constraints() if _fits(words, each.one, each.other)],
        "post_kinds": PostKind.choices,
        "kinds": [(each.name, each.procedure.label) for each in all_kinds()],
        "asked": {"post": post_kind, "kind": kind, "words": words, "area": node.here.trimmed},
    }
    return render(request, "desk/rights.html", context)


def _one_of(value: str, allowed: Iterable[str]) -> str:
    return value if value in allowed else ""


def _fits(words: str, *texts: str) -> bool:
    return words.casefold() in " ".join(texts).casefold()


def _posts_at(span: tuple[int, int], post_kind: str) -> list[Post]:
    """The posts in force whose area a place lies in, the widest areas first."""
    found = Post.objects.filter(pk__in=meeting(span, parts=False)).select_related("organisation", "division")
    found = found.filter(kind=post_kind) if post_kind else found
    return list(found.defer("division__outline").order_by("division__level", "organisation__name", "title"))


def _who(row: PostRight) -> str:
    kinds = dict(PostKind.choices)
    said = [str(kinds[each]) for each in PostKind.values if each in row.kinds]
    return _(", ").join([*said, _("whoever has the task")] if row.tasked else said)


def _shown(purpose: Purpose) -> dict[str, Any]:
    """A purpose in words: which fields, for whom, by which law, and what happens besides."""
    kinds = dict(PostKind.choices)
    who = [str(kinds[each]) for each in PostKind.values if each in purpose.posts]
    who += [_("whoever raised it")] if purpose.parties else []
    who += [_("the system, for notices")] if purpose.systems else []
    besides = _("a second post approves the list") if purpose.many else ""
    besides = _("another post reviews each reading within 24 hours") if purpose.review else besides
    return {
        "label": purpose.label(),
        "basis": purpose.basis,
        "fields": classes_words(classes_of(purpose.fields)),
        "who": _(", ").join(who),
        "besides": besides,
    }


class Question(forms.Form):
    """Which post, which power or step, and where: in a case, or at a place."""

    post = forms.ModelChoiceField(Post.objects.none(), label=gettext_lazy("Post"))
    step = forms.ChoiceField(label=gettext_lazy("What it wants to do"))
    number = forms.CharField(
        label=gettext_lazy("Number of the case"),
        max_length=60,
        required=False,
        help_text=gettext_lazy(
            "Empty: asked is for the area alone. You can ask about cases that you see yourself."
        ),
    )

    def __init__(self, by: PostActor, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        posts = Post.objects.filter(pk__in=meeting(by.post.division.span, parts=True))
        field: Any = self.fields["post"]
        field.queryset = posts.select_related("organisation").order_by("organisation__name", "title")
        field.label_from_instance = lambda post: post.with_body
        self.fields["step"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((row.power, f"{row.label} · {row.source}") for row in post_rights()),
        ]


@require_safe
@seated
def why(request: HttpRequest, by: PostActor) -> HttpResponse:
    """May this post do that, and why or why not: every ground in a sentence."""
    asked = "post" in request.GET
    form = Question(by, request.GET if asked else None)
    context: dict[str, Any] = {"form": form}
    if asked and form.is_valid():
        try:
            context |= _answer(by, **form.cleaned_data)
        except Invalid as refusal:
            with_errors(form, refusal)
    return render(request, "desk/why.html", context, status=422 if asked and form.errors else 200)


def _answer(by: PostActor, post: Post, step: str, number: str) -> dict[str, Any]:
    """The grounds, and the answer that follows from them; a post without a holder can do nothing."""
    held = Holding.objects.current().filter(post=post).with_post().order_by("acting").first()
    if held is None:
        return {"post": post, "vacant": True, "yes": False}
    asked_about = PostActor(held)
    if not number:
        reasons = explain_here(asked_about, step, by.post.division.code)
    else:
        case = case_for(by, number)
        require_whole(case, by=by)
        kind, _dot, name = step.partition(".")
        if kind != case.kind or name not in kind_of(case.kind).procedure.steps:
            sentence = _("This is no step of that case's procedure. Choose another step, or another case.")
            raise Invalid(sentence, fields={"step": [sentence]})
        reasons = explain(asked_about, name, case)
    return {"post": post, "reasons": reasons, "yes": all(each.holds for each in reasons)}
