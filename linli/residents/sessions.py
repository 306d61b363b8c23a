"""Sessions: sealed, because they end up in backups and allauth keeps the typed number in them; and how others end."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.signing import JSONSerializer
from django.http import HttpRequest
from django.utils import timezone

from linli.base.writing import writing
from linli.posts.accounts import end_sessions
from linli.posts.models import Account
from linli.residents.crypto import seal, unseal

PLACE = "session"
BATCH = 500


class SealedSerializer:
    """Django's JSON serializer with the data key's seal around it."""

    def dumps(self, obj: Any) -> bytes:
        """Seal what a session holds."""
        return seal(JSONSerializer().dumps(obj).decode("latin-1"), PLACE)

    def loads(self, data: bytes) -> Any:
        """Open it again; a session sealed with another key counts as empty (Django catches what this raises)."""
        return JSONSerializer().loads(unseal(data, PLACE).encode("latin-1"))


def end_other_sessions(request: HttpRequest, account: Account) -> None:
    """End every session of an account but this one, which gets a new key (whoever knew the old one is out too)."""
    here = request.session.session_key
    end_sessions(account)
    for each in UserSession.objects.filter(user=account).exclude(session_key=here):
        each.end()
    update_session_auth_hash(request, account)
    _relist(here, request)


def with_new_key(request: HttpRequest) -> None:
    """Give this session another key, as when somebody takes other powers (a hat)."""
    before = request.session.session_key
    request.session.cycle_key()
    _relist(before, request)


def forget_expired() -> int:
    """Delete a batch of sessions that are over, and what stood in the lists of sessions about them."""
    over = list(Session.objects.filter(expire_date__lt=timezone.now()).values_list("pk", flat=True)[:BATCH])
    living = Session.objects.values("session_key")
    gone = list(UserSession.objects.exclude(session_key__in=living).values_list("pk", flat=True)[:BATCH])
    if over or gone:
        with writing():
            Session.objects.filter(pk__in=over).delete()
            UserSession.objects.filter(pk__in=gone).delete()
    return max(len(over), len(gone))


def _relist(before: str | None, request: HttpRequest) -> None:
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def renew_sessions() -> int:
    """Seal every session with the current key, so that nobody is signed out by a change; returns how many."""
    store, renewed = SessionStore(), 0
    for key in list(Session.objects.values_list("pk", flat=True)):
        with writing():
            kept = Session.objects.select_for_update().filter(pk=key).first()
            if kept and (said := store.decode(kept.session_data)):
                renewed += Session.objects.filter(pk=key).update(session_data=store.encode(said))
    return renewed
