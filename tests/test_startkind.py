"""A kind made by `linli startkind` works everywhere at once, and no other file is edited."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.once, pytest.mark.thorough]

REPOSITORY = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".git", "var", ".venv", "venv", "node_modules")
WORLD = """
import django; django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
from linli.divisions.models import Division
from linli.portals.demo.world import build_world, standing_world
if not Division.objects.exists():
    build_world()
world = standing_world()
"""
WALK = """
from linli.cases.lists import in_area, to_do
from linli.cases.narrowing import Narrowing
from linli.cases.models import Case
from linli.cases.search import fold
from linli.cases.story import story_for_staff
from linli.ledger.sequencing import sequence_all
body = {"text": "捡到一串钥匙", "division": world.place("东门社区").trimmed}
answer = Client().post("/api/v1/lostfound", body, content_type="application/json")
assert answer.status_code == 201, answer.content
case = Case.everywhere.get(number=answer.json()["number"])
clerk = world.by("chengguan_clerk")
assert [task.case for task in to_do(clerk).rows] == [case]
assert [each.label for each in story_for_staff(case, by=clerk)] == ["提出"]
sequence_all()
while fold(): pass
assert list(in_area(clerk, Narrowing(words="钥匙")).rows) == [case]
desk = Client(); desk.force_login(clerk.holding.account, "django.contrib.auth.backends.ModelBackend")
page = desk.get("/desk/", follow=True)
assert "捡到一串钥匙" in page.content.decode(), page.content.decode()[:2000]
assert "lostfound" in Client().get("/api/v1/openapi.json").content.decode()
"""
BECAME = """
import re
from linli.cases.follow import follow_code
from linli.cases.models import Case, Link
from linli.ledger.models import Entry

grid = world.place("东门社区第一网格")
body = {"text": "楼上天天半夜敲墙", "longitude": grid.longitude, "latitude": grid.latitude}
body["contact"] = {"phone": "13912345678"}
number = Client().post("/api/v1/matters", body, content_type="application/json").json()["number"]
matter = Case.everywhere.get(number=number)
clerk = world.by("chengguan_clerk")
desk = Client(); desk.force_login(clerk.holding.account, "django.contrib.auth.backends.ModelBackend")
page = desk.get(f"/desk/cases/{number}/").content.decode()
address = f"/desk/report/lostfound/?from={number}"
assert address in page
form = desk.get(address).content.decode()
assert "楼上天天半夜敲墙" in form and f'name="from" value="{number}"' in form
chosen = re.search('<option value="([0-9]+)" selected', form).group(1)
sent = re.search('name="sent" value="([^"]+)"', form).group(1)
given = {"from": number, "sent": sent, "text": "邻居纠纷", "division": chosen}
for _time in range(2):
    assert desk.post("/desk/report/lostfound/", given).status_code == 200
link = Link.objects.get()
grown = link.target
assert (link.source, grown.kind, link.relation) == (matter, "lostfound", "became")
assert grown.reporter_id == matter.reporter_id
assert Entry.objects.get(about=grown.pk).facts["grew_from"] == number
assert Entry.objects.get(about=matter.pk, name="cases.grew").facts["other"] == grown.number
assert "失物招领 " + grown.number in desk.get(f"/desk/cases/{number}/").content.decode()
assert "网格事件 " + number in desk.get(f"/desk/cases/{grown.number}/").content.decode()
for case, other in ((matter, grown), (grown, matter)):
    mine = Client(); mine.post("/follow/", {"number": case.number, "code": follow_code(case.pk)})
    assert other.number in mine.get(f"/follow/{case.number}/").content.decode()
outside = Client()
outside.force_login(world.by("liuhe_clerk").holding.account, "django.contrib.auth.backends.ModelBackend")
assert outside.get(address).status_code == 404
assert outside.post("/desk/report/lostfound/", given).status_code == 404
Case.everywhere.filter(pk=grown.pk).update(reporter=None)
mine = Client(); mine.post("/follow/", {"number": number, "code": follow_code(matter.pk)})
told = mine.get(f"/follow/{number}/").content.decode()
assert "失物招领" in told and grown.number not in told
"""


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """The repository with a new kind in it."""
    root = tmp_path_factory.mktemp("copied")
    for folder in ("linli", "tests"):
        shutil.copytree(REPOSITORY / folder, root / folder, ignore=LEFT_OUT)
    for file in ("pyproject.toml", "conftest.py"):
        shutil.copy(REPOSITORY / file, root / file)
    before = _content(root)
    done = _run(root, "-m", "linli", "startkind", "lostfound", "--zh", "失物招领", "--en", "Lost and found")
    assert done.returncode == 0, done.stderr
    changed = {path for path, text in _content(root).items() if before.get(path) != text}
    assert all(path.parts[:3] == ("linli", "kinds", "lostfound") for path in changed)
    return root


def test_a_new_kind_appears_in_list_search_api_and_ledger(copied):
    done = _run(copied, "-c", WORLD + WALK)
    assert done.returncode == 0, done.stderr[-3000:]


def test_a_matter_that_becomes_another_kind_of_case_stays_linked_with_it(copied):
    done = _run(copied, "-c", WORLD + BECAME)
    assert done.returncode == 0, done.stderr[-3000:]


def test_its_own_tests_and_those_about_the_codebase_hold(copied):
    done = _run(
        copied,
        "-m",
        "pytest",
        "-q",
        "-n0",
        "linli/kinds/lostfound",
        "tests/test_kinds.py",
        "tests/test_codebase.py",
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("name", ["Lost", "lost-found", "class", "../x", "matters"])
def test_a_name_that_cannot_be_a_folder_is_refused(copied, name):
    done = _run(copied, "-m", "linli", "startkind", name)
    assert done.returncode == 1
    assert "kind" in done.stderr or "name" in done.stderr


def _content(root):
    files = [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(root): path.read_bytes() for path in files if path.suffix != ".mo"}


def _run(root, *arguments):
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    own = {
        "LINLI_HOME": str(root / "home"),
        "LINLI_SECRET_KEY": "k" * 50,
        "LINLI_DATA_KEY": "k" * 44,
        "LINLI_PLAIN_HTTP": "1",
        "LINLI_HOSTS": "testserver,localhost",
        "LINLI_SECOND_FACTOR": "no",
        "DJANGO_SETTINGS_MODULE": "linli.conf.settings",
        "PYTHONPATH": str(root),
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env=keep | own,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
