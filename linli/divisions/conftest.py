from datetime import date

import pytest

from linli.divisions.importing import import_divisions
from linli.divisions.lists import DivisionList
from linli.divisions.models import Division
from linli.ledger.records import By

SYSTEM = By("system")
FIRST_DAY = date(2020, 1, 1)

# An invented province, apart from the demo world's.
NAMES = {
    "97": "临海省",
    "9701": "临江市",
    "970101": "东城区",
    "970101001": "春风街道",
    "970101001001": "柳岸社区居委会",
    "970101001002": "桥头社区居委会",
    "970101100": "北河镇",
    "970101100201": "北河村委会",
    "970102": "西城区",
    "970102001": "秋水街道",
    "970102001001": "荷塘社区居委会",
}


@pytest.fixture
def by():
    return SYSTEM


@pytest.fixture
def bring_in(db):
    """Import names as a list that is complete for its top codes (or for `within`)."""

    def bring(names, day=FIRST_DAY, within=("97",)):
        listed = DivisionList(dict(sorted(names.items())), list(within))
        return import_divisions(listed, valid_from=day, source="test", by=SYSTEM)

    return bring


@pytest.fixture
def tree(bring_in):
    """The invented province as of 2020."""
    bring_in(NAMES)
    return NAMES


@pytest.fixture
def standing():
    """The row in force with this trimmed code."""
    return lambda code: Division.objects.coded(code).current().get()
