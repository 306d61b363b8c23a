"""A mediator signs on the screen, in the place of the office and in no other."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from linli.base.errors import Conflict
from linli.documents.models import Manner, Signature
from linli.documents.signing import Signing, mark_of, missing, sign
from linli.kinds.disputes.conftest import agreement_of, sign_as

DRAWN = json.dumps([[[30 + nr * 20, 40 + nr % 3 * 25] for nr in range(12)]])


def drawing(way, by, **more):
    """Draw a signature on the desk, on the newest version of the agreement."""
    client, document = Client(), agreement_of(way)
    client.force_login(by.holding.account)
    page = f"/desk/cases/{way.case.number}/papers/{document.pk}/"
    return client.post(page, {"drawn": "1", "strokes": DRAWN, "digest": document.digest} | more)


def test_the_mediator_signs_on_the_screen_in_the_mediators_place(drafted):
    assert drawing(drafted, drafted.fan).status_code == 302
    found = Signature.objects.get(document=drafted.dispute.document)
    assert (found.relation, found.manner, found.post) == ("mediator", Manner.STROKES, drafted.fan.post)
    assert mark_of(found).startswith(b"<svg")


def test_the_head_draws_nothing_in_the_mediators_place(drafted):
    assert drawing(drafted, drafted.head).status_code == 409
    assert not Signature.objects.filter(document=drafted.dispute.document).exists()


def test_a_mediator_draws_nobody_elses_signature(drafted):
    document = agreement_of(drafted)
    signing = Signing("respondent", Manner.STROKES, b"<svg/>", 1)
    with pytest.raises(Conflict, match="own code or on paper"):
        sign(document, signing, digest=document.digest, by=drafted.fan)
    assert len(missing(document)) == 3


@pytest.mark.parametrize("strokes", ["", "[]", "nonsense", "[[[1,1]]]"])
def test_a_dot_or_nothing_is_no_signature(drafted, strokes):
    assert drawing(drafted, drafted.fan, strokes=strokes).status_code == 422
    assert not Signature.objects.filter(document=drafted.dispute.document).exists()


def test_a_signature_under_an_older_version_is_refused(drafted):
    assert drawing(drafted, drafted.fan, digest="0" * 64).status_code == 409


def test_what_was_drawn_stands_on_the_page_and_the_seal_can_follow(drafted):
    sign_as(drafted, "reporter")
    sign_as(drafted, "respondent")
    drawing(drafted, drafted.fan)
    assert drafted.go(drafted.fan, "seal").stage == "performing"
