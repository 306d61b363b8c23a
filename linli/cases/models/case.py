"""The case, what is to be done in it, and how it relates to others."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linli.base.ids import uuid7
from linli.cases.models.catalogue import Category
from linli.divisions.models import Division
from linli.posts.models import Post
from linli.residents.models import Contact


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases, narrowed by place."""

    def within(self, span: tuple[int, int]) -> CaseQuerySet:
        """Those whose present place lies in the half-open code range."""
        return self.filter(code_now__gte=span[0], code_now__lt=span[1])

    def with_place(self) -> CaseQuerySet:
        """Read the place along, without its outline, which no list shows and which can have 50 kB."""
        return self.select_related("division").defer("division__outline")


class CasesByPlace(models.Manager["Case"]):
    """The door for lists: a list that does not say where cannot be asked for."""

    def get_queryset(self) -> CaseQuerySet:
        raise RuntimeError("Say where: Case.objects.within(span). The core alone reads Case.everywhere.")

    def within(self, span: tuple[int, int]) -> CaseQuerySet:
        """The cases whose present place lies in the half-open code range."""
        return CaseQuerySet(self.model, using=self._db).within(span)


class Case(models.Model):
    """One thing being carried through (办件): of a kind, in a stage, at a place, against a clock."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=30)
    stage = models.CharField(max_length=30)
    version = models.IntegerField(default=1)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", db_index=False)
    code_then = models.BigIntegerField()
    code_now = models.BigIntegerField()
    reporter = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="cases")
    opened_by = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+", db_index=False)
    lead = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    summary = models.CharField(max_length=80)
    channel = models.CharField(max_length=20)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    due = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    origin_key = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  unique, so not all can be ''
    origin_digest = models.CharField(max_length=64, blank=True)

    everywhere = CaseQuerySet.as_manager()  # first, so that Django's own look-ups by key work
    objects = CasesByPlace()

    class Meta:
        indexes = [
            models.Index(fields=["code_now", "id"], name="case_place"),
            models.Index(fields=["due"], condition=Q(closed_at=None), name="case_due_open"),
        ]


class Task(models.Model):
    """What one post has to do in a case. The to-do list is the open tasks of a post.

    `role` is one of procedure.ROLES; `asks`: the step that put the question; `mandatory`: the case waits for it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="tasks")
    post = models.ForeignKey(Post, models.PROTECT, related_name="tasks", db_index=False)
    stage = models.CharField(max_length=30)
    role = models.CharField(max_length=10, default="next")
    asks = models.CharField(max_length=30, blank=True)
    mandatory = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    # The end of the earliest running clock, else when the task was opened.
    pressing_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["post", "pressing_at", "id"], condition=Q(closed_at=None), name="task_todo"),
            models.Index(
                fields=["post", "-closed_at"], condition=Q(closed_at__isnull=False), name="task_done"
            ),
        ]


class Link(models.Model):
    """A relation between two cases: duplicate of, became, part of."""

    source = models.ForeignKey(Case, models.PROTECT, related_name="links")
    target = models.ForeignKey(Case, models.PROTECT, related_name="linked_from")
    relation = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "target", "relation"], name="link_once")]


class Counter(models.Model):
    """The last number given per county and year."""

    place = models.CharField(max_length=12)
    year = models.SmallIntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "year"], name="counter_place_year")]
