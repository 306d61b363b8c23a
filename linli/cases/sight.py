"""Who of the staff sees a case: the one rule that lists, pages, steps, files and the API ask (docs/adr/0011).

Most kinds are seen by every post whose area the case lies in, up to the county. A city or a province sees what is its
level's part: what was taken up to it, told it, taken in by it, or pressed by it (docs/adr/0034). A kind with
`sight: tasks` is not seen by area: there only those see it who have or had a task in it, who were told of it, or who
took it in; and nobody from whom it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from linli.base.errors import Conflict
from linli.base.ids import EPOCH, first_key
from linli.base.worktime import ONE_DAY
from linli.cases.kinds import steps_from_above
from linli.cases.models import Attachment, Case, CaseQuerySet, Copy, Task, Withheld, areas_see
from linli.cases.models.attachment import PICTURE, SCAN
from linli.cases.procedure import ASKED
from linli.ledger.models import Entry
from linli.posts.actor import PostActor
from linli.posts.lookup import posts_at, titles_of
from linli.posts.may import covers, watches

Rows = TypeVar("Rows", bound=Model)


class Sight(StrEnum):
    """How much of a case a post sees: nothing, that it goes on and what it was told itself, or the whole of it."""

    NOTHING = "nothing"
    PUBLISHED = "published"
    WHOLE = "whole"


def sight_of(case: Case, *, by: PostActor) -> Sight:
    """How much of a case the actor sees (no statement inside one's area up to the county, else at most three)."""
    if not areas_see(case.kind):
        return _by_tasks(case, by)
    if area_opens(case, by=by) or _has_task(case, by) or _told(case, by):
        return Sight.WHOLE
    return Sight.NOTHING


def area_opens(case: Case, *, by: PostActor) -> bool:
    """Whether a case is seen because of where it lies (one statement for a level that sees its part alone)."""
    if not (areas_see(case.kind) and covers(by, case.code_now)):
        return False
    return not watches(by) or in_sight(by, Case.everywhere.filter(pk=case.pk)).exists()


def in_sight(by: PostActor, cases: CaseQuerySet, since: UUID | None = None) -> CaseQuerySet:
    """Those of these cases, all in the actor's area, that the area gives sight of; as `area_opens` says of one.

    `since`: none of them has an earlier key. What a level had to do with from then on is a short list, while each of
    all cases would be asked four questions.
    """
    seen = cases.seen_by_area()
    if not watches(by):
        return seen
    return seen.filter(pk__in=_parts_since(by, since)) if since else seen.filter(_is_part(by))


def _is_part(by: PostActor) -> Q:
    """What some post of the level had to do with: a task, a copy, having taken it in, or a step from above."""
    level = posts_at(by.post.division.pk) | {by.post.pk}
    own = {"case": OuterRef("pk"), "post__in": level}
    pressed = Entry.objects.filter(about=OuterRef("pk"), name__in=steps_from_above(), post__in=level)
    return (
        Q(opened_by__in=level)
        | Q(Exists(Task.objects.filter(**own)))
        | Q(Exists(Copy.objects.filter(**own)))
        | Q(Exists(pressed))
    )


def _parts_since(by: PostActor, since: UUID) -> QuerySet[Any]:
    """The cases from a key on of which `_is_part` is true, and some before: nothing happens in one not yet raised."""
    level = posts_at(by.post.division.pk) | {by.post.pk}
    begun = EPOCH + timedelta(milliseconds=since.int >> 80) - ONE_DAY
    tasks = Task.objects.filter(post__in=level)
    pressed = Entry.objects.filter(pk__gte=first_key(begun), name__in=steps_from_above(), post__in=level)
    return (
        Case.everywhere.filter(opened_by__in=level, pk__gte=since)
        .values("pk")
        .union(
            tasks.filter(closed_at=None).values("case"),
            tasks.filter(closed_at__gte=begun).values("case"),
            Copy.objects.filter(post__in=level, at__gte=begun).values("case"),
            pressed.values("about"),
            all=True,
        )
    )


def _has_task(case: Case, by: PostActor) -> bool:
    return Task.objects.filter(case=case, post=by.post, closed_at=None).exists()


def _told(case: Case, by: PostActor) -> bool:
    return Copy.objects.filter(case=case, post=by.post).exists()


def _by_tasks(case: Case, by: PostActor) -> Sight:
    """Whoever works on it sees all; whoever was only asked or told, or took it in, sees how it goes on."""
    if _withheld(by).filter(case=case).exists():
        return Sight.NOTHING
    roles = set(Task.objects.filter(case=case, post=by.post).values_list("role", flat=True))
    if roles - {ASKED}:
        return Sight.WHOLE
    known = roles or case.opened_by_id == by.post.pk or _told(case, by)
    return Sight.PUBLISHED if known else Sight.NOTHING


def sees(case: Case, *, by: PostActor) -> bool:
    """Whether the case exists for the actor at all."""
    return sight_of(case, by=by) is not Sight.NOTHING


def those_seen(cases: Sequence[Case], *, by: PostActor) -> set[UUID]:
    """The keys of those of some cases of any kind that exist for the actor, as `sees` says (three statements)."""
    found = {each.pk for each in cases if areas_see(each.kind) and covers(by, each.code_now)}
    if found and watches(by):
        found = set(in_sight(by, Case.everywhere.filter(pk__in=found)).values_list("pk", flat=True))
    outside = [each.pk for each in cases if areas_see(each.kind) and each.pk not in found]
    if outside:
        own = {"case__in": outside, "post": by.post}
        found |= set(Task.objects.filter(**own, closed_at=None).values_list("case", flat=True))
        found |= set(Copy.objects.filter(**own).values_list("case", flat=True))
    if hidden := [each.pk for each in cases if not areas_see(each.kind)]:
        found |= set(opening_to(by, Case.everywhere.filter(pk__in=hidden)).values_list("pk", flat=True))
    return found


def opening_to(by: PostActor, cases: CaseQuerySet) -> CaseQuerySet:
    """Those of these cases, all of a kind that is seen by tasks, that exist for the actor; as `sees` says of one."""
    own = {"case": OuterRef("pk"), "post": by.post}
    known = (
        Q(opened_by=by.post) | Q(Exists(Task.objects.filter(**own))) | Q(Exists(Copy.objects.filter(**own)))
    )
    return cases.filter(known).exclude(pk__in=_kept_from(by))


def photos_of(case: Case, *, by: PostActor) -> QuerySet[Attachment]:
    """The photos of a case as far as the actor may see them: a picture can tell who took it, and from where."""
    return files_of(case, by=by).filter(media_type=PICTURE)


def scans_of(case: Case, *, by: PostActor) -> QuerySet[Attachment]:
    """The scanned papers of a case as far as the actor may see them."""
    return files_of(case, by=by).filter(media_type=SCAN)


def files_of(case: Case, *, by: PostActor) -> QuerySet[Attachment]:
    """Photos and scans of a case as far as the actor may see them, the oldest first."""
    files = Attachment.objects.filter(case=case).order_by("added_at", "id")
    return files if sight_of(case, by=by) is Sight.WHOLE else files.none()


def raised_by(by: PostActor, cases: CaseQuerySet) -> CaseQuerySet:
    """Those of these cases that the actor's post took in and that are not kept from it."""
    return cases.filter(opened_by=by.post).exclude(pk__in=_kept_from(by))


def unless_kept(rows: QuerySet[Rows], by: PostActor) -> QuerySet[Rows]:
    """Rows that belong to the actor's post (tasks, copies), without those of cases that are kept from it."""
    return rows.exclude(case__in=_kept_from(by))


def _kept_from(by: PostActor) -> QuerySet[Withheld, Any]:
    return _withheld(by).values("case")


def _withheld(by: PostActor) -> QuerySet[Withheld]:
    """Kept from any post the same person holds (一肩挑), or held when the case was raised and has left since."""
    there = Q(post__holdings__until=None) | Q(post__holdings__until__gt=F("case__at"))
    return Withheld.objects.filter(there, post__holdings__account=by.holding.account_id)


def keep_from(case: Case, posts: Iterable[int]) -> None:
    """Keep a case from these posts, inside the step's transaction."""
    Withheld.objects.bulk_create(
        [Withheld(case=case, post_id=post) for post in sorted(set(posts))], ignore_conflicts=True
    )


def keep_no_longer(case: Case, posts: Iterable[int]) -> None:
    """From now on tasks and copies alone say whether these posts see the case."""
    Withheld.objects.filter(case=case, post__in=list(posts)).delete()


def kept_posts(case: Case) -> frozenset[int]:
    """The posts the case is kept from."""
    return frozenset(Withheld.objects.filter(case=case).values_list("post", flat=True))


def refuse_if_kept(case: Case, posts: Iterable[int]) -> None:
    """Raise Conflict where a post that is to get a task, or to be told, is one the case is kept from."""
    if areas_see(case.kind):
        return
    kept = Withheld.objects.filter(case=case, post__in=list(posts)).values_list("post", flat=True)
    if found := list(kept):
        raise Conflict(
            _("This case is kept from %(posts)s. Choose another post.")
            % {"posts": _(", ").join(titles_of(found))}
        )
