"""The outside provider of single sign-on, as allauth finds it by this module's name (OpenID Connect, code flow).

Beyond what allauth does: the token's signature is checked also behind TLS, a nonce ties it to this browser's
request, and nothing that it tells about a person is kept.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from linli.posts.accounts import SIGN_ON

NONCE = "sign_on_nonce"
SIGNED_WITH = ["RS256", "ES256", "PS256"]
LEEWAY = 30  # seconds that the two clocks may differ


class SignOnFlow(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Asks the provider's endpoints, and believes only what it signed for this browser."""

    def __init__(self, request: HttpRequest, provider_id: str = SIGN_ON) -> None:
        super().__init__(request, provider_id)

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Where the provider sends the browser back to; it must be registered there."""
        return str(request.build_absolute_uri(reverse("sso_callback")))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """A sign-in from a checked token; OAuth2Error for every other."""
        claims = self._claims(app, kwargs["response"].get("id_token", ""))
        nonce = request.session.pop(NONCE, "")
        if not nonce or not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
            raise OAuth2Error("The token was made for another request.")
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def _claims(self, app: Any, token: str) -> dict[str, Any]:
        if self.openid_config.get("issuer") != settings.SIGN_ON_ISSUER:
            raise OAuth2Error("The provider calls itself something else.")
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            keys = [each for each in self._keys() if kid in (None, each.key_id)]
            if len(keys) != 1:
                raise OAuth2Error("The provider has no key for this token.")
            claims = jwt.decode(
                token,
                keys[0].key,
                algorithms=SIGNED_WITH,
                audience=app.client_id,
                issuer=settings.SIGN_ON_ISSUER,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "aud", "iss", "sub"]},
            )
        except jwt.PyJWTError as trouble:
            raise OAuth2Error("The token is not good.") from trouble
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("The token was made for somebody else.")
        return dict(claims)

    def _keys(self) -> list[jwt.PyJWK]:
        with get_adapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
        return jwt.PyJWKSet.from_dict(response.json()).keys


class SignOn(OpenIDConnectProvider):  # type: ignore[misc]
    """The provider of the place, from LINLI_OIDC_*."""

    id = SIGN_ON
    oauth2_adapter_class = SignOnFlow

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        """The button's address."""
        return reverse("sso_login")

    def get_callback_url(self) -> str:
        """Where the provider sends back to."""
        return reverse("sso_callback")

    def get_oauth2_adapter(self, request: HttpRequest) -> SignOnFlow:
        """The flow that checks."""
        return SignOnFlow(request)

    def get_default_scope(self) -> list[str]:
        """The e-mail address is needed where an administrator bound by address; no name, no picture."""
        return ["openid", "email"]

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Signing in is all that can be asked for; nothing in the address adds scopes or parameters."""
        nonce = request.session[NONCE] = secrets.token_urlsafe(24)
        wanted = super().get_redirect_from_request_kwargs(request)
        kept = {"next_url": wanted["next_url"]} if wanted.get("next_url") else {}
        return {**kept, "process": "login", "auth_params": {"nonce": nonce}}

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """What is kept of the token: nothing."""
        return {}


provider_classes = [SignOn]
