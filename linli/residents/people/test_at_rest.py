"""Planted names, numbers and addresses are in clear in no file of a place: database, its log, backup, server log."""

import base64
import subprocess
import sys
from pathlib import Path
from secrets import token_bytes

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from linli.analytics.folding import fold_all
from linli.base.errors import Invalid
from linli.base.generations import refresh
from linli.cases.devices import tell_on
from linli.cases.models import Case
from linli.cases.opening import Origin
from linli.cases.ratings import rate
from linli.cases.remarks import Minuted, decide
from linli.cases.steps import open_case, take
from linli.conf.backups.folder import Folder
from linli.kinds.screenings import actions as screenings
from linli.kinds.screenings.conftest import draw_up
from linli.ledger.sequencing import sequence_all
from linli.portals.desk.conftest import PHONE as CALLER
from linli.portals.desk.conftest import reported
from linli.posts.actor import PartyActor, SystemActor
from linli.registers.actions import shifts
from linli.residents import rotating
from linli.residents.models import Contact, DataKey, Person
from linli.residents.people.changing import edit, move
from linli.residents.people.conftest import ADDRESS, HOME, NAME, NUMBER, PHONE, SINCE, given, registered_child
from linli.residents.people.guarding import note_guardian
from linli.residents.people.mandating import Given, give_at_window
from linli.residents.people.reading import opened
from linli.residents.people.registering import find, register
from linli.residents.people.test_guarding import MOTHER, WINDOW, contact_of, paper
from linli.residents.people.warding import guards, guards_of
from linli.residents.sealing import sealed_tables
from linli.residents.webpush import Subscription

GUARDIAN, AGENT, CALLED, FOUND = "13700137044", "13700137055", "13700137066", "13700137077"
ASKS_HELP = "13700137088"
BROWSER = Subscription("https://push.example.net/push/JzLQ3raZJfFBR0aqv", "p256dh-of-hers", "auth-of-hers")
MARKERS = (NAME, PHONE, NUMBER, ADDRESS, "340122", "慕容夫人", "欧阳小芳", CALLER, "13700137009")
MARKERS += (GUARDIAN, AGENT, CALLED, "上官云飞", FOUND, "司马青衫", BROWSER.endpoint[-12:], BROWSER.auth)
MARKERS += (ASKS_HELP, "独孤求安")


def opened_case(kind, by, **said):
    """A case of a kind, as a door opens it."""
    return Case.everywhere.get(pk=open_case(kind, said, by=by, origin=said.pop("origin", None)).case)


@pytest.fixture
def full(committed_world, settings):
    """A place in which people are registered, corrected, moved, looked up, called back, met outside and represented."""
    world, by = committed_world, committed_world.by(HOME)
    person = register(given(world), by=by)
    register(given(world, name="慕容夫人", phone="", number="", document="none"), by=by, sure=True)
    edit(person, {"phone": "13700137009"}, reason="换号", by=by)
    find(NUMBER, by=by)
    move(person, world.place(HOME), ADDRESS, on=SINCE, by=by)
    reported(world, "路灯坏了")
    settings.PUSH_KEY = base64.b64encode(bytes(range(32))).decode()
    opened_case("callbacks", PartyActor("reporter"), name="上官云飞", phone=CALLED)
    outside = Origin.of(f"field/{by.holding.account_id}", "1", FOUND.encode())
    met = {"text": "井盖坏了", "division": world.place(HOME).trimmed, "name": "司马青衫", "phone": FOUND}
    tell_on(opened_case("matters", by, origin=outside, **met), BROWSER)
    window = world.by(WINDOW)
    note_guardian(registered_child(world), paper(phone=GUARDIAN), by=window)
    own = opened_case("matters", window, text="灯坏了", division=world.place(HOME).trimmed, name=NAME)
    give_at_window(person, Given(AGENT, "relative", 30, own), by=window)
    return world


def found_in(folder):
    files = [each for each in Path(folder).rglob("*") if each.is_file()]
    assert files
    return {
        (each.name, marker)
        for each in files
        for marker in MARKERS
        for coded in (marker.encode(), marker.encode("utf-16-le"), marker.encode("unicode_escape"))
        if coded in each.read_bytes()
    }


def govern(world):
    """A screening finds somebody who asks for help; a centre keeps its book and minutes; all of it is counted."""
    worker, dispatcher = world.by(HOME), world.by("chengguan_dispatcher")
    asked = draw_up(world, "东门社区")
    screenings.send(asked, by=world.by("chengguan_clerk"), seen=asked.case.version)
    help_asked = {"kind": "disputes", "text": "楼上漏水，请求调解", "name": "独孤求安", "phone": ASKS_HELP}
    take(asked.case, "found", help_asked, by=worker, seen=Case.everywhere.get(pk=asked.pk).version)
    assert Case.everywhere.filter(kind="disputes").exists()
    own = reported(world, "井盖坏了")
    for write in (
        lambda words: shifts.write(shifts.Said(words), by=dispatcher),
        lambda words: decide(own.case, Minuted(words, worker.post, timezone.localdate()), by=dispatcher),
    ):
        write("夜里有雨，多看一眼")
        for number in (CALLER, NUMBER):
            with pytest.raises(Invalid):
                write(f"回电 {number}")
    Case.everywhere.filter(pk=own.pk).update(closed_at=timezone.now(), lead=world.by("power").post)
    rate(Case.everywhere.get(pk=own.pk), by=PartyActor("reporter", own.pk), said="poor", wishes=["told"])
    sequence_all()
    fold_all()


@pytest.mark.sqlite
def test_nothing_is_in_clear_in_the_database_its_log_or_a_backup(full, tmp_path):
    govern(full)
    database = Path(str(connection.settings_dict["NAME"]))
    for file in database.parent.glob(f"{database.name}*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    call_command("backup", str(tmp_path / "backup"))
    folder = Folder(tmp_path / "backup")
    assert len(folder.archives()) == 1
    inside = folder.chosen().unpack(
        tmp_path
    )  # sealed; whoever has its key finds nothing in clear in it either
    assert inside.read_bytes().startswith(b"SQLite format 3")
    assert found_in(tmp_path) == set()


@pytest.mark.sqlite
def test_the_search_would_find_what_is_in_clear(full, tmp_path):
    (tmp_path / "leak.sqlite3").write_bytes(b"..." + NAME.encode() + b"...")
    assert found_in(tmp_path) == {("leak.sqlite3", NAME)}


@pytest.mark.server
def test_nothing_is_in_clear_in_the_servers_log(full, start_server):
    server = start_server()
    log = server.log.read_text(encoding="utf-8")
    assert not any(marker in log for marker in MARKERS)


KILLED = """
import os, sys
import django; django.setup()
from django.core.management import call_command
from linli.residents import rotating
left = int(sys.argv[1])
bump = rotating.writing
def counting():
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), 9)
    return bump()
rotating.BATCH = 1
rotating.writing = counting
call_command("rekey", settled=0)
"""


@pytest.mark.sqlite
@pytest.mark.parametrize("at", [2, 4, 6])
def test_a_change_of_keys_that_is_killed_goes_on_and_loses_nothing(full, monkeypatch, at):
    name = str(connection.settings_dict["NAME"])
    connection.close()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{name}")
    died = subprocess.run([sys.executable, "-c", KILLED, str(at)], check=False, capture_output=True)
    assert died.returncode == -9, died.stderr
    again = subprocess.run(
        [sys.executable, "-m", "linli", "rekey", "--settled", "0"], check=False, capture_output=True
    )
    assert again.returncode == 0, again.stderr
    rotating.refresh()
    assert DataKey.objects.get(name="1").retired_at
    assert sum(rotating.count_old(table) for table in sealed_tables()) == 0
    assert {opened(each, "name") for each in Person.objects.all()} == {NAME, "慕容夫人", "慕容小小"}
    assert [each.pk for each in find("13700137009", by=full.by(HOME))]
    assert Contact.objects.exclude(key_version=2).count() == 0


def test_guardians_are_known_at_every_moment_of_a_change_of_keys(committed_world):
    refresh()
    child = registered_child(committed_world)
    note_guardian(child, paper(), by=committed_world.by(WINDOW))
    mother = contact_of(MOTHER).pk
    rotating.begin(token_bytes(32), by=SystemActor("test"))
    for table in sealed_tables():
        for _batch in rotating.renew(table):
            assert guards(Contact.objects.get(pk=mother), child), table.model
    rotating.retire(by=SystemActor("test"))
    assert guards(Contact.objects.get(pk=mother), child)
    assert [each.tie for each in guards_of(child)] == ["parent"]
