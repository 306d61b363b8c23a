"""The ground all tests stand on: a throw-away home and keys, catalogues, copies of databases.

Every test with `django_db` sees the demo world and is rolled back. A test that needs real commits, several
threads or a real server asks for `fresh_database` or `server`: a copy of the template, never a flush.

LINLI_TEST_WORLD=0 leaves the demo world out (for quick work on the lower layers);
LINLI_NO_SKIPS=1 turns every skip into a failure (CI).
"""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from _pytest import runner

IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
MEMORY, ROOM = "/dev/shm", 4 << 30  # bytes; a run leaves less behind


def _lie_in_memory() -> None:
    """Files of tests need no disk: put them into memory, where there is room and programs may run from it."""
    try:
        shelf = os.statvfs(MEMORY)
    except OSError:
        return
    has_room = shelf.f_bavail * shelf.f_frsize > ROOM and os.access(MEMORY, os.W_OK)
    if has_room and not shelf.f_flag & os.ST_NOEXEC and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = tempfile.tempdir = MEMORY


if not IS_WORKER:
    for name in [name for name in os.environ if name.startswith("LINLI_")]:
        if name not in {"LINLI_NO_SKIPS", "LINLI_AXE", "LINLI_TEST_WORLD"}:
            del os.environ[name]  # the machine's own settings are not the tests'
    _lie_in_memory()
    home = tempfile.mkdtemp(prefix="linli_test_")
    os.environ.update(
        DJANGO_SETTINGS_MODULE="linli.conf.settings",
        DJANGO_ALLOW_ASYNC_UNSAFE="1",  # Playwright keeps a loop running in the thread that runs the tests
        LINLI_TEST_ROOT=home,
        LINLI_HOME=home,
        LINLI_SECRET_KEY=secrets.token_urlsafe(50),
        LINLI_DATA_KEY=base64.b64encode(secrets.token_bytes(32)).decode(),
        LINLI_BACKUP_KEY=base64.b64encode(secrets.token_bytes(32)).decode(),
        LINLI_BACKUP_AT="",  # a server of a test makes no backup by itself
        LINLI_BALLAST_MB="0",
        LINLI_PLAIN_HTTP="1",
        LINLI_QUIET_HOURS="",  # the hour of the day decides no test
        LINLI_DIGEST_MINUTES="0",
        LINLI_SECOND_FACTOR="no",  # tests sign in quickly; those about it turn it on
    )

import django  # noqa: E402  after the environment is laid
import hypothesis  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test import override_settings  # noqa: E402
from django.utils import translation  # noqa: E402

from linli.base.catalogues import compile_catalogues  # noqa: E402
from linli.base.frames import in_one_stretch  # noqa: E402
from tests import databases, servers  # noqa: E402

REPOSITORY = Path(__file__).resolve().parent
if not IS_WORKER:
    compile_catalogues(REPOSITORY / "linli")
django.setup()  # here, because the conftest of a folder named on the command line imports models
SHARED_DATA = REPOSITORY.parent / "shared" / "data"
ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")
BELOW_THE_DOORS = {
    "base",
    "ledger",
    "divisions",
    "posts",
    "residents",
    "cases",
    "documents",
    "registers",
    "kinds",
    "analytics",
    "exchange",
}
NO_SKIPS = os.environ.get("LINLI_NO_SKIPS") == "1"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
]


# --- the run -----------------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """By day examples are the same each time, and however slow the machine is; at night they are new ones."""
    known = config.getoption("markexpr") != "nightly"
    slow = [hypothesis.HealthCheck.too_slow]
    hypothesis.settings.register_profile(
        "linli", derandomize=known, deadline=None, suppress_health_check=slow
    )
    hypothesis.settings.load_profile("linli")
    config.addinivalue_line("markers", "sqlite: about SQLite itself; left out on PostgreSQL")


def pytest_unconfigure(config: pytest.Config) -> None:
    if IS_WORKER:
        return
    databases.drop_template()
    shutil.rmtree(databases.root(), ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to the other database; refuse tests that would flush the shared world.

    What takes long comes first: begun last, it would keep one process busy while the other idles. The walk comes before
    all, since it needs no template: meanwhile the other process builds that.
    """
    items.sort(key=_how_late({item.path for item in items if item.get_closest_marker("thorough")}))
    elsewhere = ("sqlite", "once") if ON_POSTGRES else ("postgres",)
    belongs_elsewhere = [item for item in items if any(map(item.get_closest_marker, elsewhere))]
    if ON_POSTGRES or NO_SKIPS:
        items[:] = [item for item in items if item not in belongs_elsewhere]
        config.hook.pytest_deselected(items=belongs_elsewhere)
    for item in items:
        mark = item.get_closest_marker("django_db")
        names = getattr(item, "fixturenames", ())
        if (mark and mark.kwargs.get("transaction")) or "transactional_db" in names or "live_server" in names:
            raise pytest.UsageError(
                f"{item.nodeid} would flush the demo world; ask for `fresh_database` instead."
            )
        if "fresh_database" in names and (mark or "db" in names):
            raise pytest.UsageError(
                f"{item.nodeid} asks for `fresh_database` and `db`; it can have only one of them."
            )


def _how_late(slow: set[Path]) -> Callable[[pytest.Item], tuple[bool, bool, bool]]:
    def key(item: pytest.Item) -> tuple[bool, bool, bool]:
        drives = item.get_closest_marker("browser") or item.get_closest_marker("server")
        return item.path.parent.name != "walk", not drives, item.path not in slow

    return key


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what this machine cannot run, with the one line that changes that."""
    if item.get_closest_marker("postgres") and not ON_POSTGRES:
        pytest.skip("needs PostgreSQL: apt-get install postgresql; DATABASE_URL=postgres://… make test")
    if item.get_closest_marker("browser") and not CHROMIUM:
        pytest.skip("needs Chromium: apt-get install chromium fonts-noto-cjk")
    if item.get_closest_marker("data") and not SHARED_DATA.is_dir():
        pytest.skip("needs the real data sets in ../shared/data, beside the checkout")


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """As pytest runs a test, with its frames as `linli` lays them."""
    return in_one_stretch(runner.pytest_runtest_protocol, item, nextitem)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"Skipped, though LINLI_NO_SKIPS=1: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:
    report = yield
    if NO_SKIPS and report.skipped:
        report.outcome, report.longrepr = "failed", f"Skipped, though LINLI_NO_SKIPS=1: {report.longrepr}"
    return report


# --- databases ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """This process's own copy of the template, with the demo world in it."""
    with django_db_blocker.unblock():
        name = databases.copy(os.environ.get("PYTEST_XDIST_WORKER", "main"))
        with databases.pointing_at(name):
            yield
        databases.drop(name)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords(django_test_environment: None) -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["tests.quick_passwords.OneRound"]):
        yield


@pytest.fixture(autouse=True)
def _in_the_language_of_the_source(request: pytest.FixtureRequest) -> Iterator[None]:
    """Below the doors, tests match sentences as they are written; pages speak the place's language."""
    layer = request.path.relative_to(REPOSITORY).parts[1:2]
    if layer and layer[0] in BELOW_THE_DOORS:
        with translation.override("en"):
            yield
    else:
        with translation.override("zh-hans"):  # a request leaves its reader's language behind
            yield


@pytest.fixture(autouse=True)
def _nothing_of_what_was_taken_back() -> Iterator[None]:
    """A test's transaction is taken back, and with it the numbers by which caches notice changes."""
    from linli.base import generations  # models can be imported only after setup

    before = generations.generations()
    yield
    generations.take_back(before)


@pytest.fixture(autouse=True)
def _within_one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits count by the minutes of the clock, and a test may begin at the end of one."""
    from linli.web import limits  # settings are ready only after setup

    now = time.time()
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: now))


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.ATTACHMENTS_ROOT = tmp_path / "attachments"
    settings.EXPORTS_ROOT = tmp_path / "exports"
    settings.BACKUPS_ROOT = tmp_path / "backups"


@pytest.fixture
def fresh_database(django_test_environment: None, django_db_blocker: Any) -> Iterator[str]:
    """A copy of the template for this test alone, with real commits; yields its name."""
    with django_db_blocker.unblock():
        name = databases.copy("fresh")
        with databases.pointing_at(name):
            yield name
        databases.drop(name)


@pytest.fixture
def at_once() -> Callable[[list[Callable[[], object]]], list[object]]:
    """Run functions in as many threads, all let go together; returns what each gave or raised, in order."""

    def run(acts: list[Callable[[], object]]) -> list[object]:
        outcomes: list[object] = [None] * len(acts)
        gate = threading.Barrier(len(acts))

        def one(place: int, act: Callable[[], object]) -> None:
            gate.wait()
            try:
                outcomes[place] = act()
            except Exception as trouble:  # noqa: BLE001  the test looks at it
                outcomes[place] = trouble
            finally:
                connections.close_all()

        threads = [threading.Thread(target=one, args=each) for each in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return outcomes

    return run


# --- servers and browsers ----------------------------------------------------------------------------------


@pytest.fixture
def start_server(fresh_database: str) -> Iterator[Callable[..., servers.Server]]:
    """A function that starts `linli serve` on this test's database (again and again, if need be)."""
    started: list[servers.Server] = []

    def start(**options: Any) -> servers.Server:
        connection.close()
        started.append(servers.start(fresh_database, **options))
        return started[-1]

    yield start
    for server in started:
        server.kill()


@pytest.fixture
def server(start_server: Callable[..., servers.Server]) -> servers.Server:
    """A real server with `.url`, `.database`, `.kill()` and `.stop()`."""
    return start_server()


@pytest.fixture
def world(db: None) -> Any:
    """The demo county, inside this test's transaction."""
    from linli.portals.demo.world import standing_world  # models can be imported only after setup
    from linli.residents.openings import is_open

    found = standing_world()
    is_open("people")  # kept from here on, as in a process that has run for a while
    return found


@pytest.fixture
def committed_world(fresh_database: str) -> Any:
    """The demo county in a database of this test's own, where commits are real."""
    from linli.portals.demo.world import standing_world

    return standing_world()


@pytest.fixture(scope="session")
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browser_page(_browser: Any) -> Iterator[Any]:
    """A page of a clean Chromium, Chinese, 1280 wide; mark the test `browser`."""
    context = _browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.fixture
def begin_browser(_browser: Any) -> Callable[[Path], Any]:
    """Begins a browser from what lies in a folder, as after a telephone was switched off; gives its context."""
    kind = _browser.browser_type
    return lambda folder: kind.launch_persistent_context(
        folder, executable_path=CHROMIUM, args=BROWSER_FLAGS, locale="zh-CN"
    )


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The text of axe-core, for accessibility tests."""
    found = os.environ.get("LINLI_AXE", "")
    if not Path(found).is_file():
        pytest.skip("needs axe-core: npm install axe-core, then LINLI_AXE=node_modules/axe-core/axe.min.js")
    return Path(found).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets; mark the test `data`."""
    return SHARED_DATA
