"""Things of the demo county that an address leads to: a case, a note, a sheet that came ... made where a test asks."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from linli.cases.attachments import attach, keep
from linli.cases.calendar_edits import DayEdit, change_calendar
from linli.cases.exports import Wanted, ask
from linli.cases.filters import save_filter
from linli.cases.holding_files import hold
from linli.cases.kinds import kind_of
from linli.cases.models import Attachment, Case, Notice
from linli.cases.models.attachment import SCAN
from linli.cases.remarks import note
from linli.cases.replies import add
from linli.cases.scans import enclose_scan, keep_scan
from linli.documents.models import Document
from linli.exchange.feeds.keeping import Terms, set_feed
from linli.exchange.models import Foreign, Parcel, Source
from linli.exchange.sheets.maps import save_map
from linli.exchange.sheets.parcels import keep_parcel
from linli.exchange.sheets.replies import give_back, save_form
from linli.exchange.sheets.taking_in import keep_sheet, take_in
from linli.exchange.sources import add_source
from linli.posts.absences import declare
from linli.posts.actor import PartyActor
from linli.registers.actions.alerting import About, set_rule
from linli.registers.actions.shifts import Said, Standing, hand_over
from linli.registers.models import Alert, Mediator
from linli.residents.keeping import GivenContact
from linli.residents.models import Pair, Person
from linli.residents.people.merging import merge
from linli.residents.people.registering import GivenResident, register
from tests.assessing import assess_only, assessed, assessed_source


def a_key(_world: Any) -> dict[str, Any]:
    """A key that a device made."""
    return {"key": uuid4()}


def a_case(world: Any) -> dict[str, Any]:
    """A matter just reported in 东门社区, 城关街道, with a photo; and a step that its clerk may take."""
    grid = world.place("东门社区第一网格")
    photo = BytesIO()
    Image.new("RGB", (8, 8)).save(photo, "JPEG")
    opened = import_module("linli.kinds.matters.actions").report(
        by=PartyActor("reporter"),
        text="三号楼楼下的路灯坏了三天。",
        longitude=grid.longitude,
        latitude=grid.latitude,
        contact=GivenContact("李小芳", "13912345678"),
    )
    case = Case.everywhere.get(pk=opened.case)
    attach(case, [keep(photo.getvalue())], step="report", at=timezone.now())
    picture = Attachment.objects.get(case=case).pk
    enclose_scan(case, keep_scan(a_scan()), step="report", at=timezone.now())
    scan = Attachment.objects.get(case=case, media_type=SCAN).pk
    files = {"photo": picture, "key": picture, "scan": scan}
    return {"number": case.number, "step": "accept", "kind": case.kind, **files}


def a_scan() -> SimpleUploadedFile:
    """A PDF as a scanner sends it, as far as anybody here looks at it."""
    return SimpleUploadedFile("scan.pdf", b"%PDF-1.7\n" + bytes(range(256)) + b"\n%%EOF\n")


def a_note(world: Any) -> dict[str, Any]:
    """A note that the clerk of 城关街道 left on a matter."""
    case = Case.everywhere.get(number=a_case(world)["number"])
    return {"number": case.number, "note": note(case, "x", by=world.by("chengguan_clerk")).pk}


def a_resident(world: Any) -> dict[str, Any]:
    """A resident of 东门社区 whom the clerk of 城关街道 registered."""
    return {"key": _resident(world, "慕容秋水").pk}


def _resident(world: Any, name: str) -> Person:
    given = GivenResident(name, world.place("东门社区第一网格"), f"{name}家", phone="13700137001")
    return register(given, by=world.by("chengguan_clerk"), sure=True)


def a_pair(world: Any) -> dict[str, Any]:
    """Two residents of 东门社区 who may be one."""
    first, second = (_resident(world, name) for name in ("慕容秋水", "慕容秋"))
    return {"key": Pair.objects.get(first=first, second=second).pk}


def a_merge(world: Any) -> dict[str, Any]:
    """The same two, merged."""
    pair = Pair.objects.get(pk=a_pair(world)["key"])
    return {"key": merge(pair, pair.first, by=world.by("chengguan_clerk")).pk}


def an_absence(world: Any) -> dict[str, Any]:
    """The clerk of 城关街道 will be away."""
    now = timezone.now()
    deputy = world.posts["chengguan_dispatcher"]
    declared = declare(now, now + timedelta(days=1), deputy, by=world.by("chengguan_clerk"))
    return {"key": declared.pk}


def a_paper(world: Any) -> dict[str, Any]:
    """The notice of the result of a matter that was not accepted."""
    case = Case.everywhere.get(number=a_case(world)["number"])
    actions = import_module("linli.kinds.matters.actions")
    by = world.by("chengguan_clerk")
    reference = kind_of(case.kind).reference(case)
    actions.refuse(reference, by=by, seen=1, reason="x")
    actions.issue(reference, by=by, seen=2, result="不予受理。", remedy="可要求重办。")
    found = Document.objects.get(case=case)
    return {"number": case.number, "paper": found.pk, "kind": case.kind, "code": found.code}


def a_mediator(world: Any) -> dict[str, Any]:
    """The mediator of 东门社区, and the body of that office."""
    found = Mediator.objects.select_related("body__organisation").get(holding__account__called="范德顺")
    return {"mediator": found.pk, "body": found.body_id}


def a_template(world: Any) -> dict[str, Any]:
    """A reply template of the county."""
    by = world.by("county_head")
    return {"key": add("matters.refuse.reason", "x", "x", own_body=False, by=by).pk}


def an_export(world: Any) -> dict[str, Any]:
    """A list with telephone numbers that the clerk of 城关街道 asked for."""
    case = Case.everywhere.get(number=a_case(world)["number"])
    wanted = Wanted("area", "", "x", "csv")
    return {"key": ask(wanted, "call_back_many", "x", [case], by=world.by("chengguan_clerk")).pk}


def a_calendar_edit(world: Any) -> dict[str, Any]:
    """A day off that the administrator entered for the county."""
    day = date(2026, 3, 3)
    edit = change_calendar(DayEdit(world.county, day, day, worked=False), by=world.by("administrator"))
    return {"key": edit.pk}


def a_post(world: Any) -> dict[str, Any]:
    """A post of 城关街道 and who holds it."""
    holding = world.by("chengguan_clerk").holding
    return {"code": holding.post.division.trimmed, "post": holding.post_id, "holding": holding.pk}


def a_filter(world: Any) -> dict[str, Any]:
    """A filter that the clerk of 城关街道 keeps."""
    return {"key": save_filter("x", "area", {"words": "x"}, by=world.by("chengguan_clerk")).pk}


def a_kind(world: Any) -> dict[str, Any]:
    """Any kind."""
    return {"kind": "matters"}


def a_notice(world: Any) -> dict[str, Any]:
    """A notice of a case in 城关街道 that is stuck."""
    case = Case.everywhere.get(number=a_case(world)["number"])
    notice = Notice.objects.create(
        case=case, step="accept", channel="console", state="stuck", next_try=timezone.now()
    )
    return {"notice": notice.pk}


def a_catalogue(world: Any) -> dict[str, Any]:
    """A row of the county's catalogue, a proposal, an edit and an upload of the administrator."""
    catalogue = import_module("linli.cases.models")
    county, by = world.by("administrator").post.division, world.by("administrator")
    row = catalogue.Responsibility.objects.filter(division=county).first()
    now = timezone.now()
    kept = {"kind": "matters", "table": "rows", "at": now, "post": by.post}
    sent = catalogue.Upload.objects.create(first_day=now, lines=[], faults=[], notes=[], **kept)
    edit = catalogue.Revision.objects.create(changes=[], **kept)
    return {"kind": "matters", "table": "rows", "row": row.pk, "key": sent.pk, "revision": edit.pk}


def a_source(world: Any) -> dict[str, Any]:
    """The county's hotline, with a map and a reply form, and the first sheet its clerk has looked at."""
    sheets = import_module("linli.exchange.sheets.conftest")
    by = world.by("county_clerk")
    source = add_source(
        f"hotline-{Source.objects.count()}", "12345", world.county, by=world.by("administrator")
    )
    assessed_source(world, source)
    save_map(source, sheets.BODY, by=by)
    save_form(source, ("x.xlsx", sheets.reply_book()), sheets.REPLY_COLUMNS, by=by)
    return {"code": source.code, "key": keep_sheet(source, "x.xlsx", sheets.two_rows(), by=by).pk}


def a_feed(world: Any) -> dict[str, Any]:
    """What the county's hotline follows."""
    made, by = a_source(world), world.by("administrator")
    assessed(world, f"feed-{made['code']}")
    set_feed(Source.objects.get(code=made["code"]), Terms(world.county, ["matters"]), by=by)
    return {"code": made["code"], "kind": "matters"}


def an_activity(world: Any) -> dict[str, Any]:
    """What a source follows, with an assessment that waits for somebody else's yes."""
    source = Source.objects.get(code=a_source(world)["code"])
    assess_only(world, f"feed-{source.code}")
    return {"activity": f"feed-{source.code}"}


def a_hold(world: Any) -> dict[str, Any]:
    """A file that a court wants kept."""
    case = Case.everywhere.get(number=a_case(world)["number"])
    until = timezone.localdate() + timedelta(days=30)
    return {"key": hold(case, "县人民法院调卷", until, by=world.by("county_head")).pk}


def a_sample(world: Any) -> dict[str, Any]:
    """A sheet that the county's clerk has sent to make a map by."""
    source = Source.objects.get(code=a_source(world)["code"])
    said = ("x.xlsx", {"name": "x", "rows": [["工单编号", "诉求内容"], ["1", "路灯坏了"]], "top": 0})
    by = world.by("county_clerk")
    return {"code": source.code, "key": keep_parcel(source, Parcel.Use.SAMPLE, said, by=by).pk}


def a_reply_book(world: Any) -> dict[str, Any]:
    """A workbook for replies whose columns nobody has told yet."""
    source = Source.objects.get(code=a_source(world)["code"])
    said = ("x.xlsx", {"content": "", "headings": ["工单编号", "办理结果"]})
    by = world.by("county_clerk")
    return {"code": source.code, "key": keep_parcel(source, Parcel.Use.REPLY, said, by=by).pk}


def a_delivery(world: Any) -> dict[str, Any]:
    """A sheet that the county's clerk has taken in."""
    made = a_source(world)
    delivery = take_in(Parcel.objects.get(pk=made["key"]), by=world.by("county_clerk"))
    return {**made, "key": delivery.pk}


def a_return(world: Any) -> dict[str, Any]:
    """An interim answer that went back."""
    made = a_delivery(world)
    foreign = Foreign.objects.filter(source__code=made["code"]).order_by("pk").first()
    back = give_back(foreign.source, {foreign.pk: "x"}, by=world.by("county_clerk"))
    return {**made, "key": back.pk}


def a_shift(world: Any) -> dict[str, Any]:
    """A shift that the head of the county's centre handed over."""
    handed = hand_over(Said("x"), Standing(0, 0, 0), by=world.by("county_head"))
    return {"key": handed.pk}


def an_alert(world: Any) -> dict[str, Any]:
    """An alert of the county's centre, with its rule."""
    rule = set_rule(About(world.county, "open", 1), by=world.by("county_head"))
    now = timezone.now()
    return {"key": Alert.objects.create(rule=rule, raised_at=now, counted=1, most=1).pk}


def an_alert_rule(world: Any) -> dict[str, Any]:
    """A rule of the county's centre."""
    return {"key": set_rule(About(world.county, "overdue", 9), by=world.by("county_head")).pk}
