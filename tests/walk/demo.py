"""A demo of its own to walk through, and the pages a role finds there by following links."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from tests.servers import REPOSITORY, free_port

PATIENCE = 900  # on a machine that does much else
ROLES = ("resident", "clerk", "dispatcher", "grid_worker", "inspector", "call_taker", "administrator")
# Only at night: their pages are mostly those of others.
RARER = (
    "handler", "checker", "head", "duty_officer", "mediator", "party", "city_officer", "province_officer",
)  # fmt: skip
LINK = re.compile(r"<a\b[^>]*\bhref=\"([^\"]+)\"")
# One page stands for all that differ only in which case, post or file they show.
ONE_OF_MANY = (
    (re.compile(r"\d{6}-\d\d-\d{5,}-\d"), "NUMBER"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}"), "KEY"),
    (re.compile(r"/posts/\d+"), "/posts/PLACE"),
    (re.compile(r"/verify/[^/]+"), "/verify/CODE"),
    (re.compile(r"/\d+(?=/)"), "/NUMBER"),
)
# Drawn by one template, with other words.
ALIKE = re.compile(r"(/catalogue|/figures/of/\w+|/figures/stages/\w+|/handling|/privacy|/papers)/[\w.-]+/")
# What these lead to is no page: files, photos, the end of the session, the machines' door.
NO_PAGE = re.compile(
    r"/logout/|/pdf/|/file/(?:csv/|xlsx/)?$|/workbook/$|/faults/$|/bad/$|/photos/|^/api/|^/demo/|^/static/"
)
OWN_TO_A_ROLE = {"/desk/", "/desk/cases/NUMBER/"}  # the same address shows each role something else


@contextmanager
def demo(home: Path) -> Iterator[str]:
    """A demo in this folder; gives its address once it answers."""
    port = free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
    clean.pop("DATABASE_URL", None)
    told = {**clean, "LINLI_HOME": str(home), "PYTHONPATH": str(REPOSITORY), "LINLI_LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "linli", "demo", "--here", "--port", str(port)]
    with (home / "demo.log").open("wb") as log:
        server = subprocess.Popen(command, env=told, cwd=home, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(server, f"http://127.0.0.1:{port}", home / "demo.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def _wait(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _second in range(PATIENCE):
        assert server.poll() is None, log.read_text()[-2000:]
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    raise AssertionError(f"The demo was not ready in time:\n{log.read_text()[-2000:]}")


def become(page: Any, address: str, role: str) -> None:
    """Press a role's button on the tour."""
    page.goto(f"{address}/demo/")
    page.click(f'form[action="/demo/as/{role}/"] button')
    page.wait_for_load_state()


def kind_of_page(path: str) -> str:
    """The path without what tells one case from another."""
    for pattern, name in ONE_OF_MANY:
        path = pattern.sub(name, path)
    return path


def one_of_each(pages: Mapping[str, str]) -> dict[str, str]:
    """The pages of a role without those that another one of them stands for."""
    found: dict[str, str] = {}
    for kind, here in pages.items():
        found.setdefault(ALIKE.sub(r"\1/ONE/", kind), here)
    return found


def pages_of(page: Any, address: str, role: str, broken: list[str]) -> dict[str, str]:
    """One address for each kind of page that a role reaches by links from where it begins; asked without drawing.

    Links that lead to a refusal are noted in `broken`.
    """
    become(page, address, role)
    found: dict[str, str] = {}
    waiting = deque([page.url, f"{address}/desk/" if role != "resident" else f"{address}/"])
    while waiting:
        here = waiting.popleft().split("#")[0]
        path = urlsplit(here).path
        kind = kind_of_page(path)
        if not here.startswith(address) or kind in found or NO_PAGE.search(path):
            continue
        answer = page.request.get(here)
        found[kind] = here
        if not answer.ok:
            broken.append(f"{role}: {here} answers {answer.status}")
        waiting.extend(urljoin(here, html.unescape(link)) for link in LINK.findall(answer.text()))
    return found


@dataclass(frozen=True)
class Trail:
    """A role, the browser window in which somebody has taken it up, and the pages it reaches."""

    role: str
    page: Any
    pages: dict[str, str]


def trails(browser: Any, address: str, broken: list[str], before: Sequence[Trail] = ()) -> Iterator[Trail]:
    """Each role in a window of its own, with the pages that no role before it has; its list and case are its own.

    After the trails of all others (`before`) come the rarer ones, whose picture of the centre is their own too.
    """
    walked = {kind for trail in before for kind in trail.pages} - {"/command/"}
    for role in RARER if before else ROLES:
        page = browser.new_context(locale="zh-CN").new_page()
        found = pages_of(page, address, role, broken)
        mine = {kind: here for kind, here in found.items() if kind not in walked - OWN_TO_A_ROLE}
        yield Trail(role, page, mine)
        walked |= set(found)
