"""Giving up a post (撤销岗位): its open tasks and catalogue rows are handed over in the same step, or it stays."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.base.writing import writing
from linli.cases.editing import hand_rows_over, rows_of
from linli.cases.models import Case, Task, Withheld, areas_see
from linli.ledger.names import Redaction, register
from linli.ledger.records import Line, record_many
from linli.posts.actions import end, give_up
from linli.posts.actor import Actor, PostActor
from linli.posts.models import Holding, Post


@dataclass(frozen=True)
class Left:
    """What a post still has: open tasks, open cases it leads, rows of the catalogue that name it."""

    tasks: int
    leads: int
    rows: int

    def __bool__(self) -> bool:
        return bool(self.tasks or self.leads or self.rows)


def left_at(post: Post) -> Left:
    """What would have to be handed over before a post can be given up."""
    return Left(
        Task.objects.filter(post=post, closed_at=None).count(),
        Case.everywhere.filter(lead=post, closed_at=None).count(),
        len(rows_of(post)),
    )


def successors(post: Post) -> list[Post]:
    """The posts that could take over: of the same kind, in force, serving the whole area."""
    same_kind = Post.objects.filter(kind=post.kind, until=None).exclude(pk=post.pk)
    found = same_kind.select_related("organisation", "division").order_by("-division__level", "title")
    return [each for each in found if each.division.contains(post.division)]


def give_up_post(post: Post, *, by: Actor, to: Post | None = None) -> Left:
    """End a post and its appointments; `to` takes over what is open. All or nothing.

    Raises Conflict, with what is left, where something is open and nobody is named; open cases keep their clocks.
    """
    if isinstance(by, PostActor) and by.post.pk == post.pk:
        raise Conflict(_("Nobody gives up the post they work as. Another administrator has to do this."))
    with writing():
        post = Post.objects.select_for_update(of=("self",)).select_related("division").get(pk=post.pk)
        left = left_at(post)
        if left and to is None:
            said = {"post": post.title, "tasks": left.tasks, "rows": left.rows}
            raise Conflict(
                _(
                    "%(post)s has %(tasks)d open tasks and %(rows)d rows of the catalogue. "
                    "Say which post takes them over."
                )
                % said
            )
        if to is not None:
            _hand_over(post, to, by)
        for holding in Holding.objects.filter(post=post, until=None).select_related("post__division"):
            end(holding, by=by)
        give_up(post, by=by)
    return left


def _hand_over(post: Post, to: Post, by: Actor) -> None:
    if to.pk not in {each.pk for each in successors(post)}:
        raise Invalid(
            _(
                "%(post)s cannot take this over: it must be of the same kind, in force, and serve the same area."
            )
            % {"post": to.title}
        )
    tasks = list(Task.objects.filter(post=post, closed_at=None).select_related("case"))
    both = Task.objects.filter(post=to, closed_at=None, case__in=[task.case_id for task in tasks])
    kept = Withheld.objects.filter(post=to, case__in=[task.case_id for task in tasks])
    if kept.exists() or any(not areas_see(task.case.kind) for task in both.select_related("case")):
        raise Conflict(_("%(post)s cannot take all of this over. Choose another post.") % {"post": to.title})
    if clash := both.select_related("case").first():
        said = {"post": to.title, "number": clash.case.number}
        raise Conflict(
            _("%(post)s has a task of its own in %(number)s. Choose another post, or finish that first.")
            % said
        )
    led = Case.everywhere.filter(lead=post, closed_at=None)
    places = dict(led.values_list("pk", "code_now")) | {task.case_id: task.case.code_now for task in tasks}
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(post=to)
    led.update(lead=to)
    facts = {"from_post": post.pk, "next_post": to.pk}
    record_many([Line("cases.hand_over", by.by(), code, key, facts=facts) for key, code in places.items()])
    hand_rows_over(post, to, by=by)


def register_entries() -> None:
    """Make the entry's name known; called when the app starts."""
    register(
        "cases.hand_over",
        label=lambda: gettext("Handed over, because a post was given up"),
        redaction=Redaction.NO_WORDS,
    )
