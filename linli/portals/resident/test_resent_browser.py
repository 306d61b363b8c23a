"""A form that stood open while the server restarted and the session ended: its words arrive, and once."""

import pytest
from django.contrib.sessions.models import Session

from linli.cases.models import Case
from tests.servers import free_port

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.thorough]
WORDS = "三号楼楼下的路灯坏了，晚上看不见“台阶”。"
MOST_PRESSED = 4  # to send it, to send it again, to say that it is right


def sent(page):
    """Press what sends until there is a receipt; gives what the pages on the way were called."""
    titles = []
    while not page.url.endswith("/receipt/"):
        assert len(titles) < MOST_PRESSED, titles
        with page.expect_navigation():
            page.click("main form .actions button.button:not(.button--second):not(.button--quiet)")
        titles.append(page.title())
    return titles


@pytest.mark.parametrize("left", ["nothing", "another token"])
def test_the_words_of_a_form_arrive_once_over_a_restart_and_the_end_of_the_session(
    committed_world, start_server, browser_page, settings, left
):
    port = free_port()
    server = start_server(port=port)
    before = Case.everywhere.count()
    browser_page.goto(f"{server.url}/report/matters/")
    browser_page.fill("[name=text]", WORDS)
    server.kill()
    start_server(port=port)
    Session.objects.all().delete()
    browser_page.context.clear_cookies()
    if left == "another token":
        token = {"name": settings.CSRF_COOKIE_NAME, "value": "a" * 32, "url": server.url}
        browser_page.context.add_cookies([token])
    titles = sent(browser_page)
    assert any("再提交一次" in title for title in titles) is (left == "another token")
    assert Case.everywhere.count() == before + 1
    assert Case.everywhere.latest("recorded_at").matter.text == WORDS
