"""Taking a matter in from a chat (从聊天记录录入): paste it, check the draft, save it, paste the answer back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from linli.base.errors import Conflict, Invalid, NotFound
from linli.cases.forms import StepForm, TidyText
from linli.cases.offering import TakesNone, worded
from linli.cases.steps import open_case
from linli.cases.wording import likely_category
from linli.divisions.naming import mentioned
from linli.portals.desk.calling import Screen, call_form, given_back
from linli.portals.desk.hats import seated
from linli.portals.desk.placing import names_offered, place_code
from linli.portals.desk.receipts import Taken, receipt
from linli.portals.desk.reporting import origin_of, sent_before
from linli.portals.desk.typed import typed_stays
from linli.posts.actor import PostActor
from linli.residents.chats import LONGEST, Chat, draft_of
from linli.web.telling import with_errors

MOST_NAMED = 5


class PastedForm(forms.Form):
    """A chat as it was copied."""

    chat = TidyText(
        label=gettext_lazy("The chat"),
        max_length=LONGEST,
        help_text=gettext_lazy(
            "Copy the messages and paste them here, or a forwarded record. Only what you save below is kept; "
            "who said it, stickers and greetings are left out."
        ),
        error_messages={"required": gettext_lazy("Paste the messages of the chat first.")},
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "accesskey": "w"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@typed_stays
@seated
def chats(request: HttpRequest, by: PostActor) -> HttpResponse:
    """Paste a chat; check what was made of it; save. Nothing is stored before that."""
    if request.method != "POST":
        given = given_back(request)
        screen = _screen(by, given)
        return _shown(request, PastedForm(initial=given), _draft(screen) if given.get("text") else None)
    if request.POST.get("act") == "save":
        return _saved(request, _screen(by, request.POST.dict()))
    pasted = PastedForm(request.POST)
    if not pasted.is_valid():
        return _shown(request, pasted, None, status=422)
    chat = draft_of(pasted.cleaned_data["chat"], now=timezone.now())
    draft = _draft(_screen(by, _given(chat, by)))
    return _shown(request, pasted, draft, remarks=_remarks(chat, by))


def _screen(by: PostActor, given: Mapping[str, str]) -> Screen:
    """The kind of case the post takes in most, of those that begin with somebody's own words."""
    kinds = worded(Screen(by).kinds)
    if not kinds:
        raise TakesNone
    return Screen(by, {**given, "kind": kinds[0].name})


def _given(chat: Chat, by: PostActor) -> dict[str, str]:
    """The draft as it would have been typed: the place and the category only where the words leave no doubt."""
    places = mentioned(chat.words, by.post.division.trimmed)
    category = likely_category(_screen(by, {}).kind.name, chat.words)
    said = timezone.localtime(chat.said_at) if chat.said_at else None
    return {
        "text": chat.words,
        "division": places[0].label if len(places) == 1 else "",
        "category": category.code if category else "",
        "happened_at": f"{said:%Y-%m-%dT%H:%M}" if said else "",
        "phone": chat.phones[0] if len(chat.phones) == 1 else "",
    }


def _remarks(chat: Chat, by: PostActor) -> list[str]:
    """What the draft could not take over, for whoever checks it."""
    places = mentioned(chat.words, by.post.division.trimmed)
    found = [_media(kind, count) for kind, count in sorted(chat.left_out.items())]
    if not chat.words:
        found.append(_("There are no words of the matter in it. Write down yourself what it is about."))
    if chat.speakers > 1:
        found.append(
            _(
                "The words are of %(count)d people. If they raise different matters, paste the messages of one at a "
                "time: each matter gets its own number, place and reply."
            )
            % {"count": chat.speakers}
        )
    if len(places) > 1:
        names = _(", ").join(each.label for each in places[:MOST_NAMED])
        found.append(_("Several places are named: %(names)s. Choose one.") % {"names": names})
    if len(chat.phones) > 1:
        found.append(
            _("Several telephone numbers are in it: %(numbers)s. Whose is it to be told how it goes on?")
            % {"numbers": _(", ").join(chat.phones)}
        )
    elif chat.phones:
        found.append(
            _("The telephone number is from the chat. Delete it if it is not of whoever raised this.")
        )
    return found


def _media(kind: str, count: int) -> str:
    said = {
        "voice": ngettext(
            "%(count)d voice message is not in the draft: listen, and write what matters.",
            "%(count)d voice messages are not in the draft: listen, and write what matters.",
            count,
        ),
        "picture": ngettext(
            "%(count)d picture is not in the draft: save it from the chat and choose it below.",
            "%(count)d pictures are not in the draft: save them from the chat and choose them below.",
            count,
        ),
        "video": ngettext(
            "%(count)d video is not in the draft: write what it shows.",
            "%(count)d videos are not in the draft: write what they show.",
            count,
        ),
    }
    other = ngettext("%(count)d file is not in the draft.", "%(count)d files are not in the draft.", count)
    return said.get(kind, other) % {"count": count}


def _saved(request: HttpRequest, screen: Screen) -> HttpResponse:
    by, given = screen.by, screen.given
    try:
        data = {**given, "channel": "chat", "division": place_code(given.get("division", ""), by)}
        opened = open_case(screen.kind.name, data, by=by, origin=origin_of(request, by), files=request.FILES)
    except (Invalid, NotFound, Conflict) as found:
        refusal, sent = sent_before(request, found)
        form = with_errors(_draft(screen, request.POST, request.FILES), refusal)
        return _shown(request, PastedForm(initial={**given}), form, sent=sent, status=refusal.status)
    taken = Taken(screen.kind, opened, given.get("phone", ""), reverse("desk:chats"), chat=True)
    return receipt(request, taken)


def _draft(screen: Screen, data: Any = None, files: Any = None) -> StepForm:
    form = call_form(screen, data, files)
    form.fields["text"].widget.attrs.pop("accesskey", None)
    return form


def _shown(
    request: HttpRequest,
    pasted: PastedForm,
    draft: StepForm | None,
    *,
    remarks: Sequence[str] = (),
    sent: str = "",
    status: int = 200,
) -> HttpResponse:
    by = draft.by if draft else None
    point = {"longitude", "latitude", "datum"}
    context = {
        "pasted": pasted,
        "form": draft,
        "fields": [bound for bound in draft.visible_fields() if bound.name not in point] if draft else [],
        "remarks": remarks,
        "sent": sent or request.POST.get("sent") or str(uuid4()),
        "places": names_offered(by) if isinstance(by, PostActor) else [],
    }
    response = render(request, "desk/chats.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response
