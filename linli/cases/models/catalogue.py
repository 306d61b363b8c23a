"""The catalogue (权责清单): what cases are about, who deals with it where and how fast, what may be sent down."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linli.base.ids import uuid7
from linli.base.worktime import Unit
from linli.divisions.models import Division
from linli.posts.models import Post


class Dated(models.Model):
    """A row that holds from a day until before another, and says where it comes from."""

    source = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class Audience(models.TextChoices):
    """Who may choose a category."""

    EVERYONE = "everyone", _("Residents and staff")
    STAFF = "staff", _("Staff only")
    NOBODY = "nobody", _("Nobody: groups others, or maps codes")


class Category(Dated):
    """What a case of a kind is about, in a tree. Sensitive ones never appear on public maps or among duplicates."""

    kind = models.CharField(max_length=30)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    code = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120)
    sensitive = models.BooleanField(default=False)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.EVERYONE)
    words = models.TextField(blank=True)  # what people call it, separated by 、: from these it is proposed

    class Meta:
        ordering = ("code",)
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="category_code_per_kind")]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "zh").startswith("en") else self.name_zh


class RowState(models.TextChoices):
    """Whether a catalogue row is in use; a ruling only proposes one."""

    ADOPTED = "adopted", _("Adopted")
    PROPOSED = "proposed", _("Proposed by a ruling")
    DECLINED = "declined", _("Declined")


class Responsibility(Dated):
    """One row: this category, under this condition, in this area: who leads, who helps, how long it may take."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="responsibilities")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    condition = models.CharField(max_length=200, blank=True)  # 立案条件
    closing = models.CharField(max_length=200, blank=True)  # 结案条件
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    co_posts = models.ManyToManyField(Post, related_name="+", blank=True)
    unit = models.CharField(
        max_length=20,
        default=Unit.WORKING_DAYS.value,
        choices=[(unit.value, unit.value) for unit in Unit],
    )
    amount = models.PositiveIntegerField()
    milestones = models.JSONField(
        default=list, blank=True
    )  # [{"label": "停工", "unit": "working_hours", "amount": 4}]
    confirmed = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=RowState.choices, default=RowState.ADOPTED)
    ruling = models.ForeignKey("cases.Case", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["state"], condition=Q(state="proposed"), name="row_proposed")]


class Rule(models.TextChoices):
    """What the admission list says about sending something down to a community."""

    ALLOWED = "allowed", _("May be sent down")
    APPLICATION = "application", _("Only after an application was granted")
    FORBIDDEN = "forbidden", _("May not be sent down")


class Admission(Dated):
    """One row of the admission list of communities (社区工作事项准入清单), with its legal basis in `source`."""

    key = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    rule = models.CharField(max_length=12, choices=Rule.choices)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")


class Upload(models.Model):
    """The rows of a workbook somebody sent, waiting for that post to look at the preview and to say yes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=30)
    table = models.CharField(max_length=20)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    first_day = models.DateField()
    lines = models.JSONField()
    faults = models.JSONField()
    notes = models.JSONField()


class Revision(models.Model):
    """One edit of a kind's catalogue, of a row or of a whole workbook: what each row was and became, for the undo."""

    kind = models.CharField(max_length=30)
    table = models.CharField(max_length=20)
    at = models.DateTimeField()
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    changes = models.JSONField()
    counts = models.JSONField(default=dict)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        indexes = [models.Index(fields=["kind", "-id"], name="revision_newest")]
