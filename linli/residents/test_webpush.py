"""Messages to browsers: as in the standard's own example, signed for us, and only to where one may send."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from linli.base.errors import Invalid
from linli.residents import webpush
from linli.residents.webpush import CURVE, Subscription, b64, encrypted, public_key, unb64

# RFC 8291, section 5 and appendix A.
EXAMPLE = Subscription(
    "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "BTBZMqHH6r4Tts7J_aSIgg",
)
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
RESULT = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


@pytest.fixture(autouse=True)
def _key(settings):
    settings.PUSH_KEY = base64.b64encode(bytes(range(32))).decode()


def test_a_message_is_sealed_as_in_the_example_of_the_standard():
    own = ec.derive_private_key(int.from_bytes(unb64(SENDER)), CURVE)
    sealed = encrypted(b"When I grow up, I want to be a watermelon", EXAMPLE, own=own, salt=unb64(SALT))
    assert b64(sealed) == RESULT


def test_the_same_message_never_looks_the_same_twice():
    assert encrypted(b"x", EXAMPLE) != encrypted(b"x", EXAMPLE)


def test_what_is_signed_names_the_push_service_and_holds_for_half_a_day_at_most():
    said, _dot, signature = webpush._token("https://push.example.net/push/1").rpartition(".")
    claims = json.loads(unb64(said.split(".")[1]))
    assert claims["aud"] == "https://push.example.net"
    assert claims["sub"].startswith("mailto:")
    raw = unb64(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unb64(public_key()))
    key.verify(der, said.encode(), ec.ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        key.verify(der, said.encode() + b"x", ec.ECDSA(SHA256()))


def test_a_place_without_a_key_offers_nothing(settings):
    settings.PUSH_KEY = ""
    assert public_key() == ""


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.net/1",
        "https://127.0.0.1/1",
        "https://169.254.169.254/latest",
        "https://[::1]/1",
        "https://10.0.0.8/1",
        "ftp://push.example.net/1",
        "https://user:word@push.example.net/1",
        "https://a-name-nobody-knows.invalid/1",
    ],
)
def test_nothing_is_sent_inside_and_no_answer_says_which_names_are_known_there(endpoint):
    with pytest.raises(Invalid, match="did not give an address"):
        Subscription(endpoint, EXAMPLE.p256dh, EXAMPLE.auth).checked()


@pytest.mark.parametrize("p256dh", ["", "AAAA", "ü", EXAMPLE.p256dh[:-4], "B" * 87])
def test_a_key_that_is_none_is_refused_with_a_sentence(p256dh):
    with pytest.raises(Invalid):
        Subscription(EXAMPLE.endpoint, p256dh, EXAMPLE.auth).checked()
