"""A second post that heard something too signs for it on the same screen, with a code from its holder's own app.

Whoever only names a colleague proves nothing; a password is not typed on somebody else's screen where there is a code.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.text import half_width, tidy
from linli.posts.actor import PostActor
from linli.posts.lookup import sitters_of
from linli.posts.models import Account, Post
from linli.residents.second_factor import has_app, proven_by_code
from linli.web.limits import HOUR, Tries

WITNESSES = Tries("witness", from_one=5, from_all=10, window=HOUR)


def require_signed(request: HttpRequest, witness: Post, proof: str, *, by: PostActor) -> bool:
    """Whether the holder of the second post has signed; False only in a demo, where nobody has anything to sign with.

    Raises Invalid where the proof is wrong, was used before, or came after too many wrong ones.
    """
    if settings.DEMO:
        return False
    typed, subject = half_width(tidy(proof)), str(witness.pk)
    others = Account.objects.filter(pk__in=sitters_of([witness.pk]) - {by.holding.account_id}, is_active=True)
    if WITNESSES.full(request, subject):
        raise _refused(_("Too many wrong tries. Take a signed letter instead, or try again in an hour."))
    if typed and any(_signs(account, typed) for account in others):
        return True
    WITNESSES.wrong(request, subject)
    raise _refused(
        _(
            "The second person types the newest code from the app on their own telephone here. Who signs in with a "
            "passkey only has no code; then take a signed letter, or another post."
        )
    )


def _signs(account: Account, typed: str) -> bool:
    """By a code of the app; by the password only where a place asks nobody for a second factor."""
    if has_app(account):
        return proven_by_code(account, typed)
    return not settings.SECOND_FACTOR and account.check_password(typed)


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, fields={"proof": [sentence]})
