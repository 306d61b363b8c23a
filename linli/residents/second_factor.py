"""The second factor: who must have one, and how its secrets are kept (sealed, like everything personal)."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any, cast

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.base.writing import writing
from linli.posts.models import Account
from linli.residents.crypto import seal, unseal

PLACE = "second factor"
HAS_ONE = "second_factor"  # in the session: the account that was found to have one
STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
CODE_LIVES = 120  # seconds; the one before and the one after count too


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Tells allauth to seal secrets with the place's data key, and what to call things."""

    def encrypt(self, text: str) -> str:
        """Seal a TOTP key or the seed of recovery codes."""
        return base64.b64encode(seal(text, PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open it again; raises InvalidTag for another place's key."""
        return unseal(base64.b64decode(encrypted_text), PLACE)

    def get_totp_issuer(self) -> str:
        """What the app on the telephone shows beside the code."""
        return settings.PLACE_NAME or _("Linli")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The place as the device names it when it asks for a finger or a face."""
        return {
            "id": context.request.get_host().partition(":")[0],
            "name": settings.PLACE_NAME or _("Linli"),
        }

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002  allauth's name
        """A name to begin with, such as “Passkey 2”."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(nr)d") % {"nr": count + 1}

    def _get_user_identifier(self, user: Any) -> str:
        """The user name of staff; of a resident nothing that could be joined with anything."""
        return str(user.username) if user.has_usable_password() else _("Resident")


class FactorStage(AuthenticateStage):  # type: ignore[misc]
    """After the password comes the second factor. A resident's code is itself what they have; a passkey is another."""

    def _should_handle(self, request: HttpRequest) -> bool:
        account = self.login.user
        return bool(account and account.has_usable_password() and super()._should_handle(request))


def has_second_factor(account: Account) -> bool:
    """Whether an authenticator app or a passkey is set up."""
    return bool(Authenticator.objects.filter(user=account, type__in=STRONG).exists())


def proven_by_code(account: Account, code: str) -> bool:
    """Whether somebody just read this code off their own app; it is used up by that."""
    apps = Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP)
    return any(TOTP(app).validate_code(code) and spend(app, code) for app in apps)


def has_app(account: Account) -> bool:
    """Whether an authenticator app is set up; a passkey shows no code."""
    return bool(Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists())


def delete_recovery_codes(account: Account) -> None:
    """Take away what allauth makes with every first passkey, where nothing would ever ask for it."""
    with writing():
        Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES).delete()


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether whoever sits here has to set up a second factor before anything else (LINLI_SECOND_FACTOR).

    Asks the database once per session: what changes factors ends the other sessions.
    """
    account = cast(Account, request.user)
    if not settings.SECOND_FACTOR or request.session.get(HAS_ONE) == account.pk:
        return False
    if not has_second_factor(account):
        return True
    request.session[HAS_ONE] = account.pk
    return False


def spend(authenticator: Authenticator, code: str) -> bool:
    """Use up a code of an authenticator app in every process; False when it was used before.

    allauth forgets a used code after 30 seconds and in other processes, though its neighbours count for 90.
    """
    if authenticator.type != Authenticator.Type.TOTP:
        return True
    digest = hashlib.sha256("".join(filter(str.isdigit, code)).encode()).hexdigest()
    now = time.time()
    with writing():
        kept = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        spent = [each for each in kept.data.get("spent", []) if now - each[1] < CODE_LIVES]
        if any(each[0] == digest for each in spent):
            return False
        authenticator.data = {**kept.data, "spent": [*spent, [digest, now]]}
        authenticator.save(update_fields=["data"])
    return True
