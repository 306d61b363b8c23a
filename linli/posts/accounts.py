"""What may be done to an account: ending its sessions, a new start for its holder, its single sign-on, its news.

An account is one person's. A post is taken over by an appointment, never by a password that is passed on.
"""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotYours
from linli.base.text import tidy
from linli.base.writing import writing
from linli.ledger.records import Line, record
from linli.posts.actions import end, one_time_password
from linli.posts.actor import Actor, PostActor, SystemActor
from linli.posts.may import Decision, may, require_holding
from linli.posts.models import Account, AccountNews, Holding

SIGN_ON = "sso"  # the one outside identity provider of a place
NEWS_KEPT = timedelta(days=180)
LONGEST_SUBJECT = 190
CARE_COOKIE = "care"  # "on" for large type (长辈版); needs no account


def end_sessions(account: Account) -> None:
    """End every session of an account, wherever it is open; the next request of each is a stranger's."""
    with writing():
        Account.objects.filter(pk=account.pk).update(era=F("era") + 1)
        account.refresh_from_db(fields=["era"])


def remember_large_type(account: Account, *, on: bool) -> None:
    """Keep somebody's choice of large type, so that the next browser has it too."""
    if account.large_type != on:
        with writing():
            Account.objects.filter(pk=account.pk).update(large_type=on)


def tell(account: Account, what: str) -> None:
    """Leave a piece of news for the holder of an account; what is older than half a year goes."""
    with writing():
        AccountNews.objects.create(account=account, what=what)
        AccountNews.objects.filter(account=account, at__lt=timezone.now() - NEWS_KEPT).delete()


def take_untold(account: Account) -> list[AccountNews]:
    """The news the holder has not been told yet, oldest first; from now on they count as told."""
    untold = AccountNews.objects.filter(account=account, told_at=None)
    if not untold.exists():
        return []
    with writing():
        news = list(untold.select_for_update().order_by("at"))
        AccountNews.objects.filter(pk__in=[each.pk for each in news]).update(told_at=timezone.now())
    return news


def renew_access(account: Account, *, by: Actor) -> str:
    """Let somebody in again who lost password or second factor: both go, and a password that works once comes.

    Never one's own, and only by whoever may appoint to every post the person holds. Told to the person.
    """
    holdings = _reach(account, by)
    password = one_time_password()
    with writing():
        account.set_password(password)
        account.password_once = True
        account.save(update_fields=["password", "password_once"])
        Authenticator.objects.filter(user=account).delete()
        end_sessions(account)
        tell(account, "renewed")
        _record("posts.renew_access", account, holdings, by)
    return password


def bind_sign_on(account: Account, *, subject: str = "", email: str = "", by: Actor) -> None:
    """Say which identity of the outside provider signs in as this account: its subject, or its verified e-mail.

    Both empty takes the binding away; open sessions end then too.
    """
    holdings = _reach(account, by)
    subject, email = tidy(subject), tidy(email)
    if len(subject) > LONGEST_SUBJECT:
        raise Invalid(_("This identifier is too long. Copy it from the sign-in service once more."))
    try:
        with writing():
            if email and Account.objects.filter(email__iexact=email).exclude(pk=account.pk).exists():
                raise Conflict(_("Another account has this e-mail address. One identity opens one account."))
            SocialAccount.objects.filter(user=account, provider=SIGN_ON).exclude(uid=subject).delete()
            if subject:
                SocialAccount.objects.get_or_create(user=account, provider=SIGN_ON, uid=subject)
            Account.objects.filter(pk=account.pk).update(email=email)
            end_sessions(account)
            tell(account, "sign_on")
            _record("posts.bind_sign_on", account, holdings, by)
    except IntegrityError as taken:
        raise Conflict(_("Another account has this identity. One identity opens one account.")) from taken


def take_to_sign_on(email: str, subject: str) -> Account | None:
    """The account an administrator has set this verified e-mail for; from now on the subject stands for it.

    None unless exactly one account in use has it and no other subject is bound to it.
    """
    with writing():
        found = list(Account.objects.filter(email__iexact=email, is_active=True)[:2]) if email else []
        if len(found) != 1 or SocialAccount.objects.filter(user=found[0], provider=SIGN_ON).exists():
            return None
        SocialAccount.objects.create(user=found[0], provider=SIGN_ON, uid=subject)
    return found[0]


def close_account(account: Account, *, by: Actor) -> None:
    """Close an account that nobody should use any more (停用): it is out at its next request, off all its posts."""
    holdings = _reach(account, by)
    with writing():
        for holding in holdings:
            end(holding, by=by)
        if not Account.objects.filter(pk=account.pk, is_active=True).update(is_active=False):
            raise Conflict(_("This account is closed already."))
        end_sessions(account)
        _record("posts.close_account", account, holdings, by)


def _reach(account: Account, by: Actor) -> list[Holding]:
    """The account's appointments, if the actor may appoint to every one of them and is somebody else."""
    held = Holding.objects.filter(account=account).select_related("post__division")
    holdings = [each for each in held if each.until is None or each.until > timezone.now()]
    if isinstance(by, SystemActor):
        return holdings
    if not isinstance(by, PostActor):
        raise NotYours
    require_holding(by)
    if by.holding.account_id == account.pk:
        raise Conflict(_("Nobody does this for their own account. Another administrator has to."))
    reached = [may(by, "posts.appoint", within=each.post.division.code) for each in holdings]
    if not reached or any(each is not Decision.ALLOWED for each in reached):
        raise NotYours(
            _("This person also holds a post outside your area. An administrator above both has to do this.")
        )
    return holdings


def _record(name: str, account: Account, holdings: list[Holding], by: Actor) -> None:
    code = holdings[0].post.division.code if holdings else 0
    record(Line(name, by.by(), code, facts={"account": account.pk}))
