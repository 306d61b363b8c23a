from datetime import date, timedelta

import pytest

from linli.base.errors import Conflict
from linli.cases.models import Clock
from linli.documents.models import Document, Manner
from linli.documents.signing import Signing, missing, sign
from linli.kinds.disputes.clauses import Clause, Payment, Sort
from linli.kinds.disputes.models import Obligation


def money(today):
    first, second = today + timedelta(days=30), today + timedelta(days=60)
    parts = (Payment(first, 600_000), Payment(second, 600_000))
    return [Clause(Sort.MONEY, who=1, whom=0, fen=1_200_000, how="transfer", payments=parts)]


@pytest.fixture
def drafted(mediating):
    return mediating.go(mediating.fan, "draft_agreement", facts="漏水赔偿。", clauses=money(date.today()))


def agreement_of(way):
    return Document.objects.select_related("case", "wording").get(pk=way.dispute.document)


def sign_all(way):
    document = agreement_of(way)
    by = {"reporter": way.applicant, "respondent": way.respondent, "mediator": way.fan}
    for place in missing(document):
        signing = Signing(place["relation"], Manner.CODE, seat=place["seat"])
        sign(document, signing, digest=document.digest, by=by[place["relation"]])
    return way


def test_without_every_signature_there_is_no_seal(drafted):
    with pytest.raises(Conflict, match="Not everybody has signed"):
        drafted.go(drafted.fan, "seal")


def test_with_signatures_and_seal_it_binds_and_thirty_days_run(drafted):
    sign_all(drafted).go(drafted.fan, "seal")
    clock = Clock.objects.get(case=drafted.key, name="confirm", stopped_at=None)
    assert (drafted.stage, clock.amount, clock.unit) == ("performing", 30, "calendar_days")
    assert [row.fen for row in Obligation.objects.filter(dispute=drafted.key)] == [600_000, 600_000]
