"""Two who use the same code at the same moment: one gets in."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from linli.portals.entrance.conftest import codes_now
from linli.posts.accounts import take_untold, tell
from linli.posts.models import Account
from linli.residents.second_factor import spend


@pytest.fixture
def holder(committed_world):
    return Account.objects.get(pk=committed_world.by("chengguan_clerk").holding.account_id)


def test_a_code_of_the_app_is_used_up_once(holder, at_once):
    secret = generate_totp_secret()
    app = TOTP.activate(holder, secret).instance
    code = codes_now(secret)
    outcomes = at_once([lambda: spend(Authenticator.objects.get(pk=app.pk), code)] * 8)
    assert sorted(outcomes) == [False] * 7 + [True]


def test_a_recovery_code_is_used_up_once(holder, at_once):
    kept = RecoveryCodes.activate(holder)
    code = kept.generate_codes()[0]
    outcomes = at_once(
        [lambda: Authenticator.objects.get(pk=kept.instance.pk).wrap().validate_code(code)] * 8
    )
    assert sorted(outcomes) == [False] * 7 + [True]


def test_news_are_told_once_even_to_two_browsers_at_once(holder, at_once):
    tell(holder, "locked")
    outcomes = at_once([lambda: len(take_untold(holder))] * 8)
    assert sorted(outcomes) == [0] * 7 + [1]
