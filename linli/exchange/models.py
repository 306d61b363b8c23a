"""Outside systems, the numbers cases have there, and what each system sent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from linli.base.ids import uuid7
from linli.cases.models import Case
from linli.divisions.codes import Level
from linli.divisions.models import Division
from linli.posts.models import Holding, Post


class Source(models.Model):
    """An outside system of a place: a hotline's platform, the provincial one, somebody's app.

    `code` is also the channel of the cases it sends. Only the digest of its access key is kept; one without a key
    exchanges sheets only. `per_minute` and `per_day` bound what it may send by machine.
    """

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001  unique, so not all can be ''
    last_four = models.CharField(max_length=4, blank=True)
    per_minute = models.PositiveIntegerField(default=60)
    per_day = models.PositiveIntegerField(default=5_000)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)


class Foreign(models.Model):
    """A case's number in an outside system, and what is owed to it.

    `due` is the deadline the other system set; `returned_at` when our answer last went back to it, `interim_at` when
    an interim one did. `digest` tells whether the source has changed its row since; nobody else can compute it.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="foreign")
    number = models.CharField(max_length=60)
    case = models.ForeignKey(Case, models.PROTECT, related_name="foreign")
    due = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(default=timezone.now)
    returned_at = models.DateTimeField(null=True)
    interim_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="foreign_number_once")]


class Delivery(models.Model):
    """One thing that came from a source: a sheet, or the requests of one day. How many of its rows went where."""

    class Form(models.TextChoices):
        """What came."""

        SHEET = "sheet"
        REQUESTS = "requests"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.ForeignKey(Source, models.PROTECT, related_name="deliveries")
    form = models.CharField(max_length=10, choices=Form.choices)
    day = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    by_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    label = models.CharField(max_length=120, blank=True)  # of a sheet: its file name
    rows = models.PositiveIntegerField(default=0)  # of a sheet: how many there were to take in
    finished_at = models.DateTimeField(null=True)
    map = models.ForeignKey("SheetMap", models.PROTECT, null=True, related_name="+")
    taken = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "day"],
                condition=models.Q(form="requests"),
                name="one_delivery_of_requests_a_day",
            )
        ]
        indexes = [models.Index(fields=["source", "-at"], name="delivery_newest")]


class Rejection(models.Model):
    """A row or a request that was not taken in, and why: what its sender has to put right. Never its content."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="rejections")
    at = models.DateTimeField(default=timezone.now)
    where = models.CharField(max_length=120)  # row 12, column 电话; or POST requests.json
    number = models.CharField(max_length=60, blank=True)  # the sender's own number, where it has one
    reason = models.CharField(max_length=400)

    class Meta:
        indexes = [models.Index(fields=["delivery", "id"], name="rejection_of_delivery")]


class SheetMap(models.Model):
    """How a source's sheets are read, in one version: which column is what, its dates, its categories.

    Versions are never changed, so that what came in stays explained by the version it came in with.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="maps")
    version = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    by_post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    body = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "version"], name="one_map_of_a_version")]


class Parcel(models.Model):
    """A sheet somebody sent, sealed, until it was taken in or its days are over; then nothing of it is left.

    `use` is what it was sent for. Taking in goes on from `next_row`, which moves in the transaction of the cases.
    """

    class Use(models.TextChoices):
        """What it was sent for."""

        SAMPLE = "sample"  # to make a map by
        INTAKE = "intake"
        REPLY = "reply"  # a reply template whose columns are not told yet

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    use = models.CharField(max_length=10, choices=Use.choices)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    map = models.ForeignKey(SheetMap, models.PROTECT, null=True, related_name="+")
    holding = models.ForeignKey(Holding, models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    at = models.DateTimeField(default=timezone.now)
    label = models.CharField(max_length=120)
    sealed = models.BinaryField()
    delivery = models.OneToOneField(Delivery, models.PROTECT, null=True, related_name="parcel")
    next_row = models.PositiveIntegerField(default=0)
    going = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["at"], condition=models.Q(going=True), name="parcel_going")]


class ReplyForm(models.Model):
    """A source's own workbook for replies, in one version; `columns` says what each of its columns gets."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="reply_forms")
    version = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    by_post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    label = models.CharField(max_length=120)
    content = models.BinaryField()
    heading = models.PositiveIntegerField()  # the row of the headings, from 1
    columns = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "version"], name="one_form_of_a_version")]


class Return(models.Model):
    """Replies that went back to a source together, in one workbook."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.ForeignKey(Source, models.PROTECT, related_name="returns")
    form = models.ForeignKey(ReplyForm, models.PROTECT, related_name="+")
    by_post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class Reply(models.Model):
    """What was told to the source about one case, word for word, so that it can be fetched again."""

    back = models.ForeignKey(Return, models.PROTECT, related_name="replies")
    foreign = models.ForeignKey(Foreign, models.PROTECT, related_name="replies")
    final = models.BooleanField()
    text = models.TextField()
    state = models.CharField(max_length=60)
    body = models.CharField(max_length=100, blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["back", "foreign"], name="replied_once_in_a_return")]


class Feed(models.Model):
    """What a source may follow: cases of these kinds in this area, step by step, in published fields only.

    It pulls by position; where `url` is set, batches are pushed there, and `mark` is the position up to which batches
    were made. The secret that signs them is sealed.
    """

    source = models.OneToOneField(Source, models.PROTECT, related_name="feed")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    kinds = models.JSONField(default=list)
    every_step = models.BooleanField(default=False)  # also steps the reporter is not shown
    level = models.PositiveSmallIntegerField(
        default=Level.VILLAGE.value
    )  # the finest level a place is told at
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)
    url = models.CharField(max_length=300, blank=True)
    secret_sealed = models.BinaryField(default=bytes)
    mark = models.BigIntegerField(default=0)
    paused_at = models.DateTimeField(null=True)


class Batch(models.Model):
    """Entries to be pushed to a feed's address: those after one position, up to and with another. An outbox row.

    Its words are the entries themselves, read anew at each try; a feed has one unfinished batch at most, so that
    order is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    feed = models.ForeignKey(Feed, models.PROTECT, related_name="batches")
    after = models.BigIntegerField()
    upto = models.BigIntegerField()
    entries = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, default="waiting")
    attempts = models.SmallIntegerField(default=0)
    next_try = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feed"], condition=~Q(state="sent"), name="one_batch_under_way")
        ]
        indexes = [models.Index(fields=["feed", "-id"], name="batch_newest")]


class TheirCode(models.Model):
    """What a source calls one of our codes: a stage or a category of a kind."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="codes")
    sort = models.CharField(max_length=10)
    kind = models.CharField(max_length=30)
    code = models.CharField(max_length=30)
    theirs = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "sort", "kind", "code"], name="their_code_once")
        ]
