"""Adding scanned papers to the file of a dispute: kept as they came, for those who deal with it and nobody else."""

from __future__ import annotations

from hashlib import sha256

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.base.errors import Invalid, NotYours
from linli.cases import scans
from linli.cases.attachments import path_of
from linli.cases.follow import follow_code
from linli.cases.models import Attachment
from linli.cases.steps import take
from linli.kinds.disputes.conftest import a_scan
from linli.ledger.models import Entry
from linli.residents.models import Access

THREE_HUNDRED_PAGES = 12_000_000  # bytes: black and white, as a scanner at 300 dpi sends them


@pytest.fixture
def enclosed(mediating):
    return mediating.go(mediating.fan, "enclose", scan=a_scan(), what="房屋租赁合同")


def desk_of(by) -> Client:
    client = Client()
    client.force_login(by.holding.account)
    return client


def address_of(way) -> str:
    return f"/desk/cases/{way.case.number}/scans/{Attachment.objects.get(case=way.key).pk}/"


def test_a_file_of_three_hundred_pages_is_taken_and_comes_back_byte_by_byte(mediating):
    desk, scan = desk_of(mediating.fan), a_scan(THREE_HUNDRED_PAGES)
    given = {"what": "卷宗", "scan": scan, "seen": mediating.case.version}
    assert desk.post(f"/desk/cases/{mediating.case.number}/enclose/", given).status_code == 302
    scan.seek(0)
    assert b"".join(desk.get(address_of(mediating))) == scan.read()


def test_it_is_saved_and_never_opened_as_a_page_of_ours(enclosed):
    answer = desk_of(enclosed.fan).get(address_of(enclosed))
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")


def test_the_ledger_says_which_paper_it_was(enclosed):
    kept = Attachment.objects.get(case=enclosed.key)
    entry = Entry.objects.get(about=enclosed.key, name="disputes.enclose")
    assert entry.facts["digest"] == kept.digest == sha256(path_of(kept.digest).read_bytes()).hexdigest()


def test_the_page_of_the_case_leads_to_it_by_its_name_also_where_the_same_file_came_under_two(enclosed):
    enclosed.go(enclosed.fan, "enclose", scan=a_scan(), what="租金收据")
    page = desk_of(enclosed.fan).get(f"/desk/cases/{enclosed.case.number}/").content.decode()
    first, second = Attachment.objects.filter(case=enclosed.key).order_by("added_at")
    for kept, name in ((first, "房屋租赁合同"), (second, "租金收据")):
        assert f'<a href="/desk/cases/{enclosed.case.number}/scans/{kept.pk}/">{name}</a>' in page


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 a workbook %%EOF", b"%PDF-1.7\n" + b"0" * 5000], ids=["no PDF", "broken off"]
)
def test_what_is_no_whole_pdf_is_refused_and_nothing_is_kept(mediating, content):
    assert "no PDF, or only a part" in refusal_of(mediating, SimpleUploadedFile("a.pdf", content))
    assert not Attachment.objects.filter(case=mediating.key).exists()


def test_a_scan_that_is_too_large_is_told_how_to_make_it_smaller(mediating, monkeypatch):
    monkeypatch.setattr(scans, "MAX_BYTES", 100)
    assert "at most 60 MB. Scan it in grey" in refusal_of(mediating, a_scan())


def refusal_of(way, scan) -> str:
    with pytest.raises(Invalid) as refusal:
        take(way.case, "enclose", {"what": "x"}, by=way.fan, seen=way.case.version, files={"scan": scan})
    return str(refusal.value.facts["fields"]["scan"])


def test_neither_side_finds_it(enclosed):
    key = Attachment.objects.get(case=enclosed.key).pk
    cache.clear()
    side = Client()
    side.post("/follow/", {"number": enclosed.case.number, "code": follow_code(enclosed.case.pk)})
    assert side.get(f"/photos/{key}/").status_code == 404


def test_a_side_adds_none(mediating):
    with pytest.raises(NotYours):
        mediating.go(mediating.applicant, "enclose", scan=a_scan(), what="合同")


def test_whoever_saves_it_has_read_both_sides(enclosed):
    before = set(Access.objects.values_list("pk", flat=True))
    b"".join(desk_of(enclosed.fan).get(address_of(enclosed)))
    read = set(Access.objects.exclude(pk__in=before).values_list("contact", flat=True))
    assert read >= {enclosed.case.reporter_id, *enclosed.case.parties.values_list("contact", flat=True)}
