"""Who may open which address of one's own account: a part of the table in `doors`."""

from __future__ import annotations

from tests.answers import EVERYONE, NOBODY, NOT_STAFF, Answer, Door

# Pages about one's own account. What changes how one signs in asks for fresh proof; the people of the demo county
# have nothing to prove it with, and are refused.
OWN_ACCOUNT = (Answer.SIGN_IN, *(Answer.OPEN,) * 3)
PROVEN = NOT_STAFF
_A_PASSKEY = {"fill": lambda _world: {"pk": 1}}
ACCOUNT_DOORS: dict[str, Door] = {
    "account/login/": Door(EVERYONE),
    "account/logout/": Door(EVERYONE),
    "account/signup/": Door(EVERYONE),
    "account/inactive/": Door(EVERYONE),
    "account/login/code/": Door(EVERYONE),
    # Without a sign-in that has begun these lead back to its beginning.
    "account/login/code/confirm/": Door((Answer.SIGN_IN, *(Answer.OPEN,) * 3)),
    "account/2fa/authenticate/": Door(OWN_ACCOUNT),
    "account/2fa/webauthn/login/": Door((Answer.SIGN_IN, *(Answer.OPEN,) * 3)),
    "account/sso/": Door(NOBODY),  # only where LINLI_OIDC_ISSUER is set
    "account/sso/back/": Door(NOBODY),
    "account/reauthenticate/": Door(PROVEN),
    "account/reauthenticate/phone/": Door((Answer.SIGN_IN, *(Answer.HIDDEN,) * 3)),
    "account/password/change/": Door(OWN_ACCOUNT),
    "account/2fa/": Door(OWN_ACCOUNT),
    "account/2fa/reauthenticate/": Door(PROVEN),
    "account/2fa/totp/activate/": Door(PROVEN),
    "account/2fa/totp/deactivate/": Door(PROVEN),
    "account/2fa/recovery-codes/": Door(PROVEN),
    "account/2fa/recovery-codes/generate/": Door(PROVEN),
    "account/2fa/webauthn/": Door(OWN_ACCOUNT),
    "account/2fa/webauthn/add/": Door(PROVEN),
    "account/2fa/webauthn/reauthenticate/": Door(PROVEN),
    "account/2fa/webauthn/keys/<int:pk>/remove/": Door(PROVEN, **_A_PASSKEY),
    "account/2fa/webauthn/keys/<int:pk>/edit/": Door(PROVEN, **_A_PASSKEY),
    "account/sessions/end/": Door((Answer.SIGN_IN, *(Answer.HIDDEN,) * 3), method="post"),
    "account/sessions/end-others/": Door(OWN_ACCOUNT, method="post"),
}
