"""The case, what is to be done in it, and how it relates to others."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Func, Q, Value

from linli.base.ids import uuid7
from linli.cases.models.catalogue import Category
from linli.divisions.models import Division
from linli.posts.models import Post
from linli.residents.access import Seen
from linli.residents.models import Contact
from linli.residents.words import Line

# Levels of the tree that lists can walk newest first; below them a grid's cases are few, above them all are near.
PLACE_INDEXES = {"case_county": 10**11, "case_town": 10**8, "case_village": 10**5, "case_grid": 10**2}


class CodePrefix(Func):
    """The first digits of a code, written as the index has it, with the number itself in the statement.

    A bound parameter in its place would keep both databases from recognising the index.
    """

    def __init__(self, field: str, divisor: int) -> None:
        super().__init__(F(field), output_field=models.BigIntegerField())
        self.template = f"(%(expressions)s / {divisor:d})"


class Unindexed(Func):
    """A column as it is, but not for an index: SQLite keeps no statistics and would take the wrong one."""

    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """A unary plus changes nothing but that."""
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


_seen_by_area: set[str] = set()


def let_areas_see(kind: str) -> None:
    """Let every post see the cases of a kind that lie in its area; without this, area gives no sight of them."""
    _seen_by_area.add(kind)


def areas_see(kind: str) -> bool:
    """Whether a case of this kind is seen by whoever its place belongs to (docs/adr/0011)."""
    return kind in _seen_by_area


_named: dict[str, frozenset[str]] = {}


def let_be_named(kind: str, roles: frozenset[str]) -> None:
    """Let the parties of these roles be known to each other, and to whoever carries a case of the kind through."""
    _named[kind] = roles


_raised_by_people: set[str] = set()


def let_people_raise(kind: str) -> None:
    """Say that residents raise cases of a kind, so that one without a contact may be somebody's record all the same."""
    _raised_by_people.add(kind)


def of_seen_kinds(rows: Any, prefix: str = "") -> Any:
    """Rows whose case is of a kind that area gives sight of; `prefix` leads from the row to its case."""
    kind = Unindexed(F(f"{prefix}kind"))
    return rows.alias(_kind_seen=kind).filter(_kind_seen__in=sorted(_seen_by_area))


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases, narrowed by place."""

    def seen_by_area(self) -> CaseQuerySet:
        """Those of the kinds that area gives sight of; a kind that is not known here is not among them."""
        found: CaseQuerySet = of_seen_kinds(self)
        return found

    def within(self, span: tuple[int, int]) -> CaseQuerySet:
        """Those whose present place lies in the half-open code range of a division."""
        low, high = span
        found = self
        fits = [each for each in PLACE_INDEXES.values() if each >= high - low]
        if fits:
            divisor = min(fits)
            found = found.alias(place_prefix=CodePrefix("code_now", divisor)).filter(
                place_prefix=low // divisor
            )
            if divisor == high - low:
                return found
        return found.filter(code_now__gte=low, code_now__lt=high)

    def in_grids(self, codes: Collection[int]) -> CaseQuerySet:
        """Those whose present place is one of these grids, or something in it (17-digit codes)."""
        width = PLACE_INDEXES["case_grid"]
        prefixes = {code // width for code in codes}
        return self.alias(place_prefix=CodePrefix("code_now", width)).filter(place_prefix__in=prefixes)

    def with_place(self) -> CaseQuerySet:
        """Read the place along, without its outline, which no list shows and which can have 50 kB."""
        return self.select_related("division").defer("division__outline")


class CasesByPlace(models.Manager["Case"]):
    """The door for lists: a list that does not say where cannot be asked for."""

    def get_queryset(self) -> CaseQuerySet:
        raise RuntimeError("Say where: Case.objects.within(span). The core alone reads Case.everywhere.")

    def within(self, span: tuple[int, int]) -> CaseQuerySet:
        """The cases whose present place lies in the half-open code range, of the kinds that area gives sight of."""
        return CaseQuerySet(self.model, using=self._db).within(span).seen_by_area()


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
    summary = Line(max_length=80)
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
        # Each ends in the key, so that a list can walk it newest first from any key (docs/adr/0009).
        indexes: ClassVar = [
            *(
                models.Index(F("code_now") / Value(divisor), F("id"), name=name)
                for name, divisor in PLACE_INDEXES.items()
            ),
            models.Index(fields=["kind", "stage", "id"], name="case_stage"),
            models.Index(fields=["id", "due"], condition=Q(closed_at=None), name="case_open"),
            models.Index(
                fields=["category", "id"], condition=Q(category__isnull=False), name="case_category"
            ),
            models.Index(fields=["lead", "id"], condition=Q(lead__isnull=False), name="case_lead"),
            models.Index(
                fields=["opened_by", "id"], condition=Q(opened_by__isnull=False), name="case_raised"
            ),
            models.Index(fields=["due"], condition=Q(closed_at=None), name="case_due_open"),
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="case_closed"),
        ]

    @property
    def whose(self) -> Seen | None:
        """Whose record it is: whoever raised it, with or without a contact.

        Nobody's where a post found it itself, or the system opened a case of a kind that residents do not raise.
        """
        if self.reporter_id:
            return Seen(self.reporter_id, self.pk)
        nobodys = self.opened_by_id or self.kind not in _raised_by_people
        return None if nobodys else Seen(None, self.pk)

    def is_about(self, contact: UUID | None) -> bool:
        """Whether a contact is the reporter's, or one of a party's, also one that was replaced since."""
        return contact == self.reporter_id or (
            bool(contact) and self._rows().filter(contact=contact).exists()
        )

    def contacts_of_party(self, nr: int) -> set[UUID | None]:
        """The contacts of one party, by its number: its own to see, whoever replaced one by another."""
        known = (
            set(self._rows().filter(nr=nr).values_list("contact", flat=True))
            if self.kind in _named
            else set()
        )
        return known | {self.reporter_id} if nr == 0 else known

    def names_to_parties(self, contact: UUID | None) -> bool:
        """Whether the parties of the case may know who this is: a party now, in a role that is named to the others."""
        named = _named.get(self.kind, frozenset())
        if contact == self.reporter_id:
            return "reporter" in named
        return self._rows().filter(contact=contact, role__in=named, left_at=None).exists()

    def opens_to(self, contact: UUID | None, post: int) -> bool:
        """Whether a post that carries the case through may know who this is."""
        return self.names_to_parties(contact) and self.is_carried_by(post)

    def is_carried_by(self, post: int) -> bool:
        """Whether a post carries the case through: it has a task there that is more than a question to answer."""
        tasks: models.QuerySet[Any] = self.tasks.filter(post=post, closed_at=None)  # type: ignore[attr-defined]
        return tasks.exclude(role="asked").exists()

    def _rows(self) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = self.parties.all()  # type: ignore[attr-defined]
        return rows


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
                fields=["post", "-closed_at", "-id"], condition=Q(closed_at__isnull=False), name="task_done"
            ),
            # `closed_at` is empty in every row of these two. It leads because SQLite then looks for a value, which it
            # prefers to walking all of `task_todo` also where its statistics know of nobody asked or helping.
            models.Index(
                fields=["closed_at", "asks", "case"],
                condition=Q(closed_at=None, role="asked"),
                name="task_asked",
            ),
            models.Index(
                fields=["closed_at", "case"], condition=Q(closed_at=None, role="helps"), name="task_helps"
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
