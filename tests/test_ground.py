"""The test ground itself: copies are real, apart from each other, and never flushed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.utils.translation import override

from linli.base import generations
from linli.base.errors import NotFound, Unavailable, Unsure
from linli.base.models import Generation
from linli.base.together import InTurn, Together
from linli.base.writing import writing
from tests import databases
from tests.servers import Server


def _count() -> int:
    return Generation.objects.filter(name__startswith="ground").count()


@pytest.mark.parametrize("turn", [1, 2])
def test_every_fresh_database_starts_from_the_template(fresh_database: str, turn: int) -> None:
    assert _count() == 0
    with writing():
        generations.bump("ground")
    assert _count() == 1


@pytest.mark.django_db
def test_what_one_test_commits_no_other_sees() -> None:
    assert _count() == 0


def test_threads_write_in_turn_and_nothing_is_lost(
    fresh_database: str, at_once: Callable[[list[Callable[[], object]]], list[object]]
) -> None:
    def write(number: int) -> Callable[[], object]:
        def act() -> object:
            with writing():
                return Generation.objects.create(name=f"ground{number}", number=1)

        return act

    assert all(isinstance(each, Generation) for each in at_once([write(number) for number in range(8)]))
    assert _count() == 8


@pytest.mark.django_db
def test_the_tests_keys_and_home_are_their_own() -> None:
    assert str(databases.root()) in str(settings.HOME)
    assert connection.settings_dict["NAME"] != databases.template()


@pytest.mark.sqlite
def test_sqlite_is_set_as_durability_demands(fresh_database: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,)


@pytest.mark.postgres
def test_postgresql_sorts_and_searches_chinese(fresh_database: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datctype FROM pg_database WHERE datname = current_database()")
        assert cursor.fetchone()[0] != "C"


@pytest.mark.postgres
@pytest.mark.parametrize("table", ["analytics_tally", "cases_case", "cases_sending", "residents_contact"])
def test_what_is_written_most_has_no_index_that_nobody_asks(fresh_database: str, table: str) -> None:
    """Django adds one by how texts begin to each unique text; each row would be written there too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = %s", [table])
        names = {name for (name,) in cursor.fetchall()}
    assert names
    assert not {name for name in names if name.endswith("_like")}


def _cut_the_line() -> None:
    """End this process's own connection from another one, as a restart of PostgreSQL does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        own = cursor.fetchone()[0]
    other = connection.copy("other")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [own])
    other.close()


@pytest.mark.postgres
def test_a_line_that_broke_since_the_last_request_refuses_nobody(fresh_database: str) -> None:
    with writing():
        generations.bump("ground")
    _cut_the_line()
    generations.refresh()
    assert _count() == 1


@pytest.mark.postgres
def test_a_line_that_breaks_at_the_commit_leaves_nobody_sure(fresh_database: str) -> None:
    def keep() -> None:
        with writing():
            generations.bump("ground")
            _cut_the_line()

    with pytest.raises(Unsure):
        keep()


@pytest.mark.postgres
def test_a_line_that_breaks_before_the_commit_kept_nothing(fresh_database: str) -> None:
    def keep() -> None:
        with writing():
            _cut_the_line()
            generations.bump("ground")

    with pytest.raises(Unavailable) as refused:
        keep()
    assert not isinstance(refused.value, Unsure)
    assert _count() == 0


def test_a_group_that_may_have_been_kept_is_not_kept_again() -> None:
    again: list[str] = []

    def keep(_works: list[str]) -> list[None]:
        raise Unsure

    with pytest.raises(Unsure):
        InTurn(do_all=keep, do_one=again.append).do("a report")
    assert again == []


class _WithoutDatabase(Together[str, Any]):
    """Its thread outlives a test, which is no time to use a database."""

    def _get_ready(self) -> None:
        pass

    def _keep_pages_warm(self) -> None:
        pass


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "There is nothing here, or"), ("zh-hans", "这里没有内容")]
)
def test_a_group_refuses_in_the_language_of_whoever_brought_the_work(language: str, sentence: str) -> None:
    def refuse(_work: object) -> Any:
        raise NotFound

    with override(language), pytest.raises(NotFound, match=sentence):
        _WithoutDatabase("a test", do_all=refuse, do_one=refuse).do("a report")


def test_whoever_waits_for_a_group_that_cannot_even_begin_learns_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_line(_self: object) -> None:
        raise OperationalError("no line")

    monkeypatch.setattr(_WithoutDatabase, "_get_ready", no_line)
    with pytest.raises(OperationalError, match="no line"):
        _WithoutDatabase("a test", do_all=list, do_one=str).do("a report")


@pytest.mark.browser
@pytest.mark.server
def test_a_browser_reads_what_a_server_answers(server: Server, browser_page: Any) -> None:
    browser_page.goto(server.url + "/readyz")
    assert browser_page.inner_text("body").strip() == "ready"
