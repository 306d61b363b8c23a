"""The data key is changed while everything goes on, and the old one opens nothing afterwards."""

import secrets
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db.models import BinaryField
from django.utils import timezone

from linli.base.errors import Conflict
from linli.base.generations import refresh
from linli.conf.condition import Level, keys_current
from linli.ledger.models import Entry
from linli.posts.actor import SystemActor
from linli.residents import crypto, mandates, rotating
from linli.residents.accounts import account_of, contacts_of, contacts_with, first_sign_in
from linli.residents.crypto import RetiredKey, blind_index, derived_code, seal, unseal
from linli.residents.keeping import GivenContact, sealed_contact
from linli.residents.models import Contact, DataKey, Mandate, Resident
from linli.residents.rights import scope_of
from linli.residents.sealing import place_of, sealed_tables
from linli.residents.second_factor import FactorAdapter

CONSOLE = SystemActor("test")
PHONE = "13912345678"


def kept(phone=PHONE, name="欧阳小芳"):
    contact = sealed_contact(GivenContact(name, phone, "东门一号"))
    contact.save(force_insert=True)
    return contact


def opened(contact, field="phone"):
    contact = Contact.objects.get(pk=contact.pk)
    return unseal(getattr(contact, f"{field}_sealed"), place_of(contact, field))


def renew_all():
    return sum(done for table in sealed_tables() for done in rotating.renew(table))


def change_keys():
    rotating.begin(secrets.token_bytes(32), by=CONSOLE)
    renew_all()
    rotating.retire(by=CONSOLE)


def test_after_a_change_everything_opens_and_is_found(fresh_database):
    refresh()
    contacts = [kept(f"1391234{number:04d}") for number in range(120)]
    change_keys()
    assert [opened(each) for each in contacts] == [f"1391234{number:04d}" for number in range(120)]
    assert opened(contacts[0], "name") == "欧阳小芳"
    assert contacts_with("13912340007").get() == contacts[7]
    assert {crypto.version_of(each.phone_sealed) for each in Contact.objects.all()} == {2}


def test_the_key_of_an_app_and_the_seed_of_codes_open_afterwards(fresh_database):
    refresh()
    adapter, account = FactorAdapter(), first_sign_in(PHONE)
    for kind, name in (("totp", "secret"), ("recovery_codes", "seed")):
        data = {name: adapter.encrypt("JBSWY3DP"), "used_mask": 0}
        Authenticator.objects.create(user=account, type=kind, data=data)
    change_keys()
    for name, row in zip(("secret", "seed"), Authenticator.objects.order_by("pk"), strict=True):
        assert (adapter.decrypt(row.data[name]), row.data["used_mask"]) == ("JBSWY3DP", 0)


def test_the_old_key_opens_nothing_afterwards(fresh_database):
    refresh()
    contact = kept()
    before = bytes(contact.phone_sealed)
    change_keys()
    with pytest.raises(RetiredKey):
        unseal(before, place_of(contact, "phone"))
    assert bytes(DataKey.objects.get(name="1").wrapped) == b""


def test_half_way_both_keys_open_and_both_indexes_are_found(fresh_database):
    refresh()
    old = kept()
    rotating.begin(secrets.token_bytes(32), by=CONSOLE)
    new = kept()
    assert opened(old) == opened(new) == PHONE
    assert set(contacts_with(PHONE)) == {old, new}
    assert old.phone_index != new.phone_index


def test_a_second_change_waits_for_the_first(fresh_database):
    refresh()
    kept()
    rotating.begin(secrets.token_bytes(32), by=CONSOLE)
    with pytest.raises(Conflict):
        rotating.begin(secrets.token_bytes(32), by=CONSOLE)


def test_no_key_is_destroyed_while_a_row_needs_it(fresh_database):
    refresh()
    contact = kept()
    rotating.begin(secrets.token_bytes(32), by=CONSOLE)
    with pytest.raises(Conflict):
        rotating.retire(by=CONSOLE)
    assert opened(contact) == PHONE


def test_whoever_is_stopped_goes_on_where_it_was(fresh_database):
    refresh()
    for number in range(120):
        kept(f"1391234{number:04d}")
    rotating.begin(secrets.token_bytes(32), by=CONSOLE)
    table = sealed_tables()[0]
    assert next(rotating.renew(table)) == rotating.BATCH
    assert rotating.count_old(table) == 120 - rotating.BATCH
    assert sum(rotating.renew(table)) == 120 - rotating.BATCH


def test_a_resident_signs_in_during_and_after_a_change(fresh_database):
    refresh()
    account = first_sign_in(PHONE)
    rotating.begin(secrets.token_bytes(32), by=CONSOLE)
    assert account_of(PHONE) == account
    assert first_sign_in(PHONE) == account
    renew_all()
    rotating.retire(by=CONSOLE)
    assert account_of(PHONE) == account
    resident = Resident.objects.select_related("contact").get(account=account)
    assert list(contacts_of(resident)) == [resident.contact]


def test_codes_in_peoples_hands_survive_every_change(fresh_database):
    refresh()
    code = derived_code("case/1", "0123456789", 8)
    rows = blind_index("row", "exchange/sheets")
    change_keys()
    change_keys()
    assert derived_code("case/1", "0123456789", 8) == code
    assert blind_index("row", "exchange/sheets") == rows
    assert crypto.current_version() == 3


def test_sessions_survive(fresh_database):
    refresh()
    session = SessionStore()
    session["hat"] = 5
    session.save()
    call_command("rekey", settled=0, verbosity=0)
    assert SessionStore(session.session_key)["hat"] == 5


def test_every_sealed_column_of_the_product_is_known_to_the_change(db):
    known = {(table.model.lower(), column) for table in sealed_tables() for column in table.columns}
    sealed = {
        (model._meta.label_lower, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField) and "sealed" in field.name
    }
    assert sealed == known


def test_a_changed_master_opens_with_the_one_before_until_it_is_wrapped_anew(fresh_database, settings):
    refresh()
    contact = kept()
    change_keys()
    old, settings.DATA_KEY = settings.DATA_KEY, "another" * 6
    crypto.ring.forget()
    with pytest.raises(ImproperlyConfigured, match="LINLI_DATA_KEY_BEFORE"):
        crypto.ring()
    settings.DATA_KEY_BEFORE = old
    rotating.wrap_again()
    settings.DATA_KEY_BEFORE = ""
    crypto.ring.forget()
    assert opened(contact) == PHONE


def test_the_first_key_is_not_left_behind_by_wrapping_alone(fresh_database):
    refresh()
    with pytest.raises(CommandError, match="linli rekey"):
        call_command("rekey", master=True)


def test_a_leaked_master_is_changed_with_the_first_key_too(fresh_database, settings):
    refresh()
    contact = kept()
    code = derived_code("case/1", "0123456789", 8)
    settings.DATA_KEY_BEFORE, settings.DATA_KEY = settings.DATA_KEY, "another" * 6
    for cached in (crypto.ring, crypto._cipher, crypto._index_key):
        cached.forget()
    change_keys()
    settings.DATA_KEY_BEFORE = ""
    for cached in (crypto.ring, crypto._cipher, crypto._index_key):
        cached.forget()
    assert opened(contact) == PHONE
    assert derived_code("case/1", "0123456789", 8) == code


def test_a_version_is_bound_into_what_it_seals(fresh_database):
    refresh()
    change_keys()
    sealed = seal("x", "contact/1/phone")
    change_keys_half = rotating.begin(secrets.token_bytes(32), by=CONSOLE)
    forged = sealed[:2] + change_keys_half.to_bytes(2) + sealed[4:]
    with pytest.raises(InvalidTag):
        unseal(forged, "contact/1/phone")


def test_the_change_is_in_the_ledger(fresh_database):
    refresh()
    change_keys()
    names = ["residents.new_key", "residents.retire_key"]
    assert [each.name for each in Entry.objects.filter(name__in=names).order_by("id")] == names


def test_doctor_says_what_still_carries_the_old_key(fresh_database):
    refresh()
    contact = kept()
    old = bytes(contact.phone_sealed)
    rotating.begin(secrets.token_bytes(32), by=CONSOLE)
    assert "rows of residents.Contact" in next(keys_current()).seen
    renew_all()
    rotating.retire(by=CONSOLE)
    assert [each.level for each in keys_current()] == [Level.OK]
    Contact.objects.filter(pk=contact.pk).update(phone_sealed=old, key_version=1)
    assert [each.level for each in keys_current()] == [Level.FAIL]


AGENT = "13800000000"


def acting(about=None):
    """Somebody acts for who raised a case with the number; gives the agent, the case's contact and its key."""
    own, agent = (first_sign_in(number) for number in (PHONE, AGENT))
    own, agent = (Resident.objects.select_related("contact").get(account=each) for each in (own, agent))
    reporter, case = kept(), uuid4()
    mandates.give(own, mandates.Terms(AGENT, 30, about))
    return agent, reporter, case


def finds_everything(agent, reporter, case):
    own = Resident.objects.select_related("contact").get(account=account_of(PHONE))
    reporter = Contact.objects.get(pk=reporter.pk)
    return (
        mandates.may_act(agent, reporter.pk, case),
        reporter in mandates.acted_for(agent)[0],
        len(mandates.mandates_of(own)),
        scope_of(reporter, whole=True).count(),
        reporter in contacts_of(own),
    )


def test_whoever_acts_and_what_is_ones_own_is_found_at_every_moment_of_a_change(fresh_database):
    refresh()
    agent, reporter, case = acting()
    rotating.begin(secrets.token_bytes(32), by=CONSOLE)
    late = kept()  # raised while the change runs
    for table in sealed_tables():
        for _batch in rotating.renew(table):
            again = Resident.objects.select_related("contact").get(pk=agent.pk)
            assert finds_everything(again, reporter, case) == (True, True, 1, 3, True), table.model
            assert mandates.may_act(again, late.pk, case), table.model
    rotating.retire(by=CONSOLE)
    again = Resident.objects.select_related("contact").get(pk=agent.pk)
    assert finds_everything(again, reporter, case) == (True, True, 1, 3, True)


def test_who_has_never_signed_in_acts_also_after_a_change(fresh_database):
    refresh()
    own = Resident.objects.select_related("contact").get(account=first_sign_in(PHONE))
    mandates.give(own, mandates.Terms(AGENT, 30))
    change_keys()
    agent = Resident.objects.select_related("contact").get(account=first_sign_in(AGENT))
    assert mandates.may_act(agent, own.contact_id, uuid4())


def test_a_mandate_from_before_the_number_was_kept_follows_the_agents_contact(fresh_database):
    refresh()
    agent, reporter, case = acting()
    Mandate.objects.update(agent_sealed=b"")
    change_keys()
    again = Resident.objects.select_related("contact").get(pk=agent.pk)
    assert mandates.may_act(again, reporter.pk, case)


def test_the_number_of_who_acted_is_gone_with_the_mandate(fresh_database):
    refresh()
    acting()
    Mandate.objects.update(until=timezone.now())
    assert mandates.forget_ended() == 1
    assert (bytes(Mandate.objects.get().agent_sealed), Mandate.objects.get().agent_index) == (b"", "")
    assert mandates.forget_ended() == 0
