"""What the steps ask for that give a matter to somebody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.base.worktime import LONGEST
from linli.cases.catalogue import Suggestion, suggestion
from linli.cases.forms import (
    NoteForm,
    PostField,
    PostsField,
    ReasonForm,
    StepForm,
    TidyText,
)
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Task
from linli.cases.procedure import JOINT
from linli.posts.lookup import serving
from linli.posts.models import Post, PostKind


class Dispatch(NoteForm):
    """Choosing who leads and who helps; the catalogue's suggestion is chosen already, and says why."""

    to = PostField(label=_("Who leads"))
    helpers = PostsField(label=_("Who helps"), required=False)

    field_order = ("to", "helpers", "note")

    def offer(self) -> None:
        """Offer the handling posts and grid workers that serve the place."""
        offer_posts(self, "to", "helpers")

    def suggest(self) -> None:
        """Choose whom the catalogue names, and say why."""
        found = suggested(self.case) if self.case else None
        if found:
            self.initial["to"] = found.post.pk
            self.initial["helpers"] = [post.pk for post in found.co_posts]
            self.fields["to"].help_text = _("Suggested by the catalogue: %(why)s") % {"why": found.why}


def offer_posts(form: StepForm, *names: str) -> None:
    """Let these fields choose among the posts that serve the place of the case."""
    if form.case is not None:
        posts = serving_posts(form.case)
        for name in names:
            form.fields[name].queryset = posts  # type: ignore[attr-defined]


def serving_posts(case: Case) -> Any:
    """The posts in force that may be given a case at its place."""
    served = serving([PostKind.HANDLER, PostKind.GRID_WORKER], case.code_now)
    posts = Post.objects.filter(pk__in=served).select_related("organisation")
    return posts.order_by("-division__level", "title")


def suggested(case: Case) -> Suggestion | None:
    """What the catalogue says about a case."""
    matter = kind_of(case.kind).detail_of(case)
    return suggestion(case.category, case.code_now, timezone.localdate(), matter.condition)


class Escalate(ReasonForm):
    """Taking it one level up."""

    reason = TidyText(label=_("What the upper level has to help with"), max_length=1000)


class HandDown(StepForm):
    """Handing it down again."""

    advice = TidyText(label=_("How it should go on"), max_length=1000)


class AddHelper(NoteForm):
    """One more post that helps."""

    to = PostField(label=_("Who helps"))

    field_order = ("to", "note")

    def offer(self) -> None:
        """Offer the posts that serve the place and do not work on it yet."""
        offer_posts(self, "to")
        if self.case is not None:
            working = Task.objects.filter(case=self.case, closed_at=None, role__in=JOINT).values("post")
            field: Any = self.fields["to"]
            field.queryset = field.queryset.exclude(pk__in=working)


class Hours(StepForm):
    """What must be answered within working hours."""

    hours = forms.IntegerField(
        label=_("Answer within working hours"), min_value=1, max_value=LONGEST, initial=8
    )


class Whistle(Hours):
    """Calling departments to the spot."""

    to = PostsField(label=_("Who is called"))
    task = TidyText(label=_("What they have to do"), max_length=1000)

    field_order = ("to", "task", "hours")

    def offer(self) -> None:
        """Offer the posts that serve the place."""
        offer_posts(self, "to")


class Supervise(Hours):
    """Pressing whoever has to do the next step."""

    question = TidyText(label=_("What has to be explained"), max_length=1000)

    field_order = ("question", "hours")


class Respond(StepForm):
    """Answering the whistle or the supervision."""

    reply = TidyText(label=_("Your answer"), max_length=2000)


class Rule(ReasonForm):
    """Ruling whose it is."""

    to = PostField(label=_("Whose it is"))
    helpers = PostsField(label=_("Who helps"), required=False)
    reason = TidyText(
        label=_("Reason"),
        max_length=1000,
        help_text=_("It goes into the catalogue as a proposal, and is cited next time."),
    )

    field_order = ("to", "helpers", "reason")

    def offer(self) -> None:
        """Offer the posts that serve the place."""
        offer_posts(self, "to", "helpers")
