import pytest

from linli.base.errors import Conflict


def test_with_both_consents_the_head_names_the_mediator(consented, committee):
    assert (consented.stage, consented.tasks()) == ("consented", [committee.pk])


def test_with_one_consent_it_waits_for_the_other(invited, committee):
    invited.go(invited.applicant, "consent")
    assert (invited.stage, invited.tasks()) == ("consenting", [committee.pk])


def test_the_same_side_does_not_count_twice(invited):
    invited.go(invited.applicant, "consent")
    with pytest.raises(Conflict, match="already"):
        invited.go(invited.applicant, "consent")


def test_the_named_mediator_has_the_next_step(mediating):
    assert (mediating.stage, mediating.tasks()) == ("mediating", [mediating.fan.post.pk])
