"""Web Push by the standards alone: messages sealed for one browser (RFC 8291), signed for us (RFC 8292).

The push service of the browser's maker carries them and reads neither what they say nor whom they are for.
"""

from __future__ import annotations

import base64
import json
import os
import time
from binascii import Error as NotBase64
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext as _

from linli.base.addresses import LONGEST_URL, NotSent, post, require_address
from linli.base.errors import Invalid

CURVE = ec.SECP256R1()
RECORD = 4096  # bytes of one record; ours are a few hundred
KEPT_FOR = 2 * 24 * 3600  # seconds the push service may hold a message for a device that is off
SIGNED_FOR = 12 * 3600
GONE = {"404", "410"}
_HEAD = {"typ": "JWT", "alg": "ES256"}


class Gone(Exception):  # noqa: N818  the browser no longer wants to be told
    """The push service knows this subscription no more."""


@dataclass(frozen=True)
class Subscription:
    """Where a browser is told, and its public key and secret (as it gave them, base64url)."""

    endpoint: str
    p256dh: str
    auth: str

    def checked(self) -> Subscription:
        """The same, if it is one that can be used; Invalid where it is not, or its address may not be asked."""
        try:
            point = unb64(self.p256dh)
            _point(point)
            sound = (len(point), len(unb64(self.auth))) == (65, 16) and len(self.endpoint) <= LONGEST_URL
        except (ValueError, NotBase64):
            sound = False
        try:
            if sound:
                require_address(self.endpoint)
                return self
        except Invalid:  # one sentence for all: which names are known inside is told to nobody
            pass
        raise Invalid(_("Your browser did not give an address to send news to. Please try again."))


def b64(content: bytes) -> str:
    """Base64url without padding, as the standards want it."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Back again."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_key() -> str:
    """What browsers are shown so that nobody else can send to them; empty where push is off."""
    return b64(_raw(_own_key(settings.PUSH_KEY).public_key())) if settings.PUSH_KEY else ""


def send(to: Subscription, message: str) -> None:
    """Send one message; Gone if the browser wants none any more, NotSent for every other refusal."""
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_FOR),
        "Authorization": f"vapid t={_token(to.endpoint)}, k={public_key()}",
    }
    try:
        post(to.endpoint, encrypted(message.encode(), to), headers)
    except NotSent as refusal:
        if refusal.code == "answer" and refusal.detail in GONE:
            raise Gone from refusal
        raise


def encrypted(
    content: bytes,
    to: Subscription,
    *,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes = b"",
) -> bytes:
    """A message that only this browser opens (RFC 8291, one record); `own` and `salt` are fresh but in its example."""
    own, salt = own or ec.generate_private_key(CURVE), salt or os.urandom(16)
    theirs, mine = unb64(to.p256dh), _raw(own.public_key())
    shared = own.exchange(ec.ECDH(), _point(theirs))
    key = _derived(shared, unb64(to.auth), b"WebPush: info\0" + theirs + mine, 32)
    cipher = AESGCM(_derived(key, salt, b"Content-Encoding: aes128gcm\0", 16))
    nonce = _derived(key, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD.to_bytes(4) + len(mine).to_bytes(1) + mine
    return head + cipher.encrypt(nonce, content + b"\x02", None)


def _token(endpoint: str) -> str:
    """Who sends, for how long, and to which push service, signed (RFC 8292)."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(time.time()) + SIGNED_FOR}
    claims["sub"] = f"mailto:{settings.DEFAULT_FROM_EMAIL}"
    said = ".".join(b64(json.dumps(each).encode()) for each in (_HEAD, claims))
    r, s = decode_dss_signature(_own_key(settings.PUSH_KEY).sign(said.encode(), ec.ECDSA(SHA256())))
    return f"{said}.{b64(r.to_bytes(32) + s.to_bytes(32))}"


@cache
def _own_key(secret: str) -> ec.EllipticCurvePrivateKey:
    """The key that signs, from the place's 32 bytes."""
    number = int.from_bytes(_derived(base64.b64decode(secret), b"linli", b"push/vapid", 48))
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    return ec.derive_private_key(number % (order - 1) + 1, CURVE)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=salt, info=info).derive(secret)


def _point(raw: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, raw)


def _raw(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
