"""What the platform itself does with people's data, as the register of activities says it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext

from linli.residents.activities import Activity, Sort, register_activity

PEOPLE, GUARDIANS = "people", "guardians"
DOUBLES, LIKENESS, DRAFTS, SORTS = "doubles", "likeness", "drafts", "sorts"


def register_own() -> None:
    """Make them known; called when the app starts."""
    for each in (*_of_reports(), *_of_accounts(), *_of_records(), *_of_duties(), *_proposing()):
        register_activity(each)


def _of_reports() -> Iterable[Activity]:
    """What is done with the data of people who raise something."""
    yield Activity(
        "contacts",
        lambda: gettext("Name and number with a report"),
        lambda: gettext(
            "To ask back, to tell how it goes on, and to let whoever raised it have the last word"
        ),
        lambda: gettext(
            "Name, telephone number, address, if somebody gives them; browsers and mailboxes that are told of news"
        ),
        "个人信息保护法 13(3)",
        lambda: gettext(
            "While the case is open or can be reopened; afterwards until the person wants it gone, at the latest "
            "with the case's file"
        ),
        tables=("cases.Device", "residents.Contact", "residents.Consent", "residents.Mandate"),
    )
    yield Activity(
        "files",
        lambda: gettext("Files of cases"),
        lambda: gettext("To deal with what was raised, and to be able to show how it was dealt with"),
        lambda: gettext("What people wrote, photos, documents of the case"),
        "个人信息保护法 13(3)",
        lambda: gettext(
            "As many years as its kind of case says, counted from its end; then words, photos and documents are "
            "erased, with a proof that can be checked"
        ),
    )
    yield Activity(
        "notices",
        lambda: gettext("Messages about one's own case"),
        lambda: gettext("To tell whoever raised a case what happens in it"),
        lambda: gettext("Telephone number; the e-mail address that somebody named and proved"),
        "个人信息保护法 13(3)",
        lambda: gettext(
            "The number is read at the moment of sending and kept nowhere else; an address lies with its case until "
            "its owner stops it or the file goes"
        ),
        recipients=lambda: gettext(
            "The operator that sends text messages for this place, by contract; whoever keeps the mailbox that "
            "somebody named learns that there is news"
        ),
    )


def _of_accounts() -> Iterable[Activity]:
    yield Activity(
        "accounts",
        lambda: gettext("Signing in with a telephone number"),
        lambda: gettext("To see all that one raised in one place; nobody has to"),
        lambda: gettext("Telephone number"),
        "个人信息保护法 13(2)",
        lambda: gettext("Until the account is closed"),
    )
    yield Activity(
        "staff",
        lambda: gettext("Accounts of those who hold a post"),
        lambda: gettext("To know who acts on which post, and to keep strangers out"),
        lambda: gettext("Name, work e-mail, what proves a sign-in; no performance, no ranking"),
        "个人信息保护法 13(2)、13(3)",
        lambda: gettext("While somebody holds a post; who held it when stays with the ledger"),
        tables=("mfa.Authenticator",),
    )


def _of_records() -> Iterable[Activity]:
    yield Activity(
        PEOPLE,
        lambda: gettext("Register of residents"),
        lambda: gettext("So that nobody is asked again for what is known, at the window or at home"),
        lambda: gettext(
            "Name, telephone number, identity document, date of birth, language, address and household, place of "
            "registration; each only where a rule of the place asks for it"
        ),
        "个人信息保护法 13(3)、28-32",
        lambda: gettext("Each field by its own period after somebody has moved away or died; then erased"),
        sensitive=lambda: gettext(
            "Numbers of identity documents, and data of children under fourteen: needed to tell two people apart. If "
            "they leak, somebody can be impersonated; so they are sealed one by one and nobody can list or search them."
        ),
        assessed=True,
        sort=Sort.REGISTER,
        why=lambda: gettext("Sensitive data: article 55 (1)"),
        tables=("residents.Person", "residents.Household", "residents.Member", "residents.Residence"),
    )
    yield Activity(
        GUARDIANS,
        lambda: gettext("Parents and other guardians"),
        lambda: gettext(
            "To know who by law acts for a child, or for somebody a court has found unable to act alone"
        ),
        lambda: gettext(
            "Name and telephone number of the guardian, day of birth of the ward, which paper was seen (no copy)"
        ),
        "民法典 27-39；个人信息保护法 31",
        lambda: gettext("Until three years after the guardianship; its telephone number for six months"),
        sensitive=lambda: gettext(
            "Data of children under fourteen are sensitive, and so is a court's finding that somebody cannot act "
            "alone. They are needed so that the right person agrees and asks; they are sealed, stand in no list, and "
            "each look at them is shown."
        ),
        assessed=True,
        sort=Sort.REGISTER,
        why=lambda: gettext("Sensitive data: article 55 (1)"),
        tables=("residents.Guardianship",),
    )


def _of_duties() -> Iterable[Activity]:
    yield Activity(
        "looks",
        lambda: gettext("List of who looked at whose data"),
        lambda: gettext("To show people each look at their data, and to prove it"),
        lambda: gettext("Time, post, purpose, kinds of data; no contents"),
        "个人信息保护法 51、54",
        lambda: gettext("At least three years"),
    )
    yield Activity(
        "datarequests",
        lambda: gettext("Requests about one's own data"),
        lambda: gettext(
            "To answer requests to see, copy, correct or delete, and to show that they were answered"
        ),
        lambda: gettext(
            "What is asked, the answer, which kind of identity document was seen (not its number)"
        ),
        "个人信息保护法 50",
        lambda: gettext("Three years; a number that is to be deleted goes with the close of the request"),
    )


def _proposing() -> Iterable[Activity]:
    """What proposes something out of people's data. None decides; that is why none falls under article 24 (3)."""
    yield Activity(
        DRAFTS,
        lambda: gettext("Reading a pasted chat into a draft (suggester)"),
        lambda: gettext(
            "To save a clerk from typing: rules propose the fields of a report, a person decides"
        ),
        lambda: gettext("What stands in the chat"),
        "个人信息保护法 13(3)",
        lambda: gettext("Nothing is kept before somebody saves the report"),
        assessed=True,
        sort=Sort.SUGGESTER,
        why=_no_decision,
    )
    yield from _by_words()
    yield Activity(
        LIKENESS,
        lambda: gettext("Is it one of these? Reports that may be of the same thing (suggester)"),
        lambda: gettext(
            "So that one thing is not dealt with twice: rules compare sort, place and words; whoever reports or a "
            "clerk decides"
        ),
        lambda: gettext("Sort, place, day and words of open reports; never who reported"),
        "个人信息保护法 13(3)",
        lambda: gettext("Nothing is kept; it is compared anew each time"),
        recipients=lambda: gettext(
            "Whoever reports something nearby sees sort, grid and days; never words or people"
        ),
        assessed=True,
        sort=Sort.SUGGESTER,
        why=_no_decision,
    )
    yield Activity(
        DOUBLES,
        lambda: gettext("Two records that may be of one person (suggester)"),
        lambda: gettext(
            "So that nobody is asked twice: equal digests are proposed, a clerk compares and decides"
        ),
        lambda: gettext("Keyed digests of document number, name and date of birth"),
        "个人信息保护法 8、13(3)",
        lambda: gettext("The pair, until somebody has decided; then only that it was decided"),
        assessed=True,
        sort=Sort.SUGGESTER,
        why=lambda: gettext("It compares sensitive data of people: article 55 (1)"),
    )
    yield Activity(
        "catalogue",
        lambda: gettext("Who is responsible, and by when (catalogue)"),
        lambda: gettext("To name the responsible body and the limit by the place's own published rules"),
        lambda: gettext("Sort and place of the matter; nothing of a person"),
        "个人信息保护法 13(3)",
        lambda: gettext("The row of the rules is kept with the case"),
        why=lambda: gettext(
            "It reads a published table by sort and place and nothing of a person, so article 55 does not apply"
        ),
    )


def _by_words() -> Iterable[Activity]:
    yield Activity(
        SORTS,
        lambda: gettext("What is it about? Two categories by the words of a report (suggester)"),
        lambda: gettext(
            "So that a report comes to the right body at once: a list of everyday words proposes, whoever reports "
            "or takes it on chooses"
        ),
        lambda: gettext(
            "The words of the report, while it is checked before sending and while it is taken on"
        ),
        "个人信息保护法 13(3)",
        lambda: gettext("Nothing is kept but the category that somebody chose"),
        assessed=True,
        sort=Sort.SUGGESTER,
        why=_no_decision,
    )


def _no_decision() -> str:
    return gettext(
        "It decides nothing and judges nobody, so article 55 (2) does not ask for an assessment; this platform does"
    )
