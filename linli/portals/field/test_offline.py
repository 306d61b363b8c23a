"""The life of what is entered without signal, in a real browser against a real server."""

import pytest

from linli.cases.models import Attachment, Case
from linli.portals.field.conftest import picture

pytestmark = [pytest.mark.browser, pytest.mark.server]


def made(text):
    return Case.everywhere.filter(summary__startswith=text)


def test_five_things_entered_without_signal_arrive_once_each_with_their_photos(outside):
    tab = outside.prepared()
    outside.context.set_offline(True)
    for turn in range(5):
        outside.enter(tab, f"井盖松了 {turn}", picture(size=(40 + turn, 30)))
    assert outside.states(tab) == ["waiting"] * 5
    assert "5" in tab.inner_text("[data-state]")
    tab.close()
    outside.context.set_offline(False)
    tab = outside.page("outbox/")
    outside.all_sent(tab)
    assert outside.states(tab) == ["sent"] * 5
    assert made("井盖松了").count() == 5
    assert Attachment.objects.filter(case__in=made("井盖松了")).count() == 5
    assert tab.complaints == []
