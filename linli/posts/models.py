"""Who may act: organisations, their posts, and who holds which post from when until when."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.divisions.models import Division


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; a password of None means that the account cannot sign in by password."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> Account:
        """Add an account."""
        account = self.model(username=username, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """A way to sign in. It carries no rights: a person has those of the posts held, now."""

    username = models.CharField(_("User name"), max_length=60, unique=True)
    called = models.CharField(_("Name"), max_length=60, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    is_active = models.BooleanField(default=True)
    # Somebody else knows the password: to be changed at first sign-in.
    password_once = models.BooleanField(default=False)
    # Raised to end every session of the account at once, in every process.
    era = models.PositiveIntegerField(default=0)
    large_type = models.BooleanField(default=False)  # 长辈版, brought to every browser one signs in with
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = AccountManager()

    def set_password(self, raw_password: str | None) -> None:
        """Keep a password somebody chose; it is no longer the one that was handed out."""
        super().set_password(raw_password)
        self.password_once = False

    def get_session_auth_hash(self) -> str:
        """What a session must agree with at each request: the password, and the era."""
        kept = super().get_session_auth_hash()
        return f"{kept}.{self.era}" if self.era else kept

    def get_full_name(self) -> str:
        """What to call the person who holds a post."""
        return self.called or self.username


class AccountNews(models.Model):
    """Something that happened to an account and that its holder is told, once, and then finds under My account."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="news")
    what = models.CharField(max_length=20)
    at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "at"], name="account_news")]


class Organisation(models.Model):
    """A department, a committee, a centre, a company that serves a place."""

    name = models.CharField(max_length=100)
    division = models.ForeignKey(Division, models.PROTECT, related_name="organisations")
    telephone = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "division"], name="organisation_once_per_division")
        ]


class PostKind(models.TextChoices):
    """The kinds of post; which steps each may take is written in the procedures."""

    GRID_WORKER = "grid_worker", _("Grid worker")
    CLERK = "clerk", _("Intake clerk")
    CALL_TAKER = "call_taker", _("Call-taker")
    DISPATCHER = "dispatcher", _("Dispatcher")
    HANDLER = "handler", _("Handling post")
    CHECKER = "checker", _("Checker")
    INSPECTOR = "inspector", _("Inspector")
    MEDIATOR = "mediator", _("Mediator")
    HEAD = "head", _("Head")
    ADMINISTRATOR = "administrator", _("Administrator")


class Post(models.Model):
    """A seat with powers over an area, whoever sits on it."""

    title = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=PostKind.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts")
    division = models.ForeignKey(Division, models.PROTECT, related_name="posts")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "division"], name="post_kind_division")]

    @property
    def with_body(self) -> str:
        """As people choose it and tables name it: its title and its body."""
        return f"{self.title}（{self.organisation.name}）"


class HoldingQuerySet(models.QuerySet["Holding"]):
    """Holdings by time."""

    def current(self, now: datetime | None = None) -> HoldingQuerySet:
        """Those in force now: holding and post both begun, neither ended."""
        now = now or timezone.now()
        begun = Q(since__lte=now, post__since__lte=now)
        open_ended = (Q(until=None) | Q(until__gt=now)) & (Q(post__until=None) | Q(post__until__gt=now))
        return self.filter(begun & open_ended, account__is_active=True)

    def with_post(self) -> HoldingQuerySet:
        """Read the post, its body and its area along, without the area's outline: this is read with every request."""
        return self.select_related("post__division", "post__organisation").defer("post__division__outline")


class Holding(models.Model):
    """A person on a post, from a moment until a moment; `acting` stands in for the holder (代理)."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="holdings")
    account = models.ForeignKey(Account, models.PROTECT, related_name="holdings")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    acting = models.BooleanField(default=False)

    objects = HoldingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "until"], name="holding_account")]
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=Q(until=None, acting=False), name="one_holder_per_post"
            )
        ]


class Card(models.Model):
    """What the public board (公示栏) says of a post from a moment on: a telephone, and whether its holder is named.

    A post without one in force is shown by its title and the telephone of its body, never by a name.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="cards")
    telephone = models.CharField(max_length=30, blank=True)
    named = models.BooleanField(default=False)
    purpose = models.CharField(max_length=200)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post"], condition=Q(until=None), name="one_card_per_post")
        ]


class Absence(models.Model):
    """A holder who is away from-until, and whose holder stands in once somebody else has confirmed it.

    `state` is declared, confirmed, declined or ended; `acting` is the deputy's appointment.
    """

    holding = models.ForeignKey(Holding, models.PROTECT, related_name="absences")
    since = models.DateTimeField()
    until = models.DateTimeField()
    deputy = models.ForeignKey(Post, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="declared")
    acting = models.OneToOneField(Holding, models.PROTECT, null=True, related_name="+")
    declared_at = models.DateTimeField(default=timezone.now)


class Token(models.Model):
    """A machine's way to act as one appointment: only the digest of its secret is kept, and it ends by itself."""

    holding = models.ForeignKey(Holding, models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=60)
    last_four = models.CharField(max_length=4)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
