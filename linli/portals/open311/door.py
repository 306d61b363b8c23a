"""What all addresses share: who asks, how often, in which language, for where; refusals in the format's shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import wraps

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from linli.base.errors import Invalid, NotFound, Refusal, TooLarge, TooMany, Unavailable
from linli.base.text import tidy
from linli.base.writing import is_store_trouble
from linli.divisions.codes import EVERYWHERE, span
from linli.exchange.models import Source
from linli.exchange.sources import note_refusal, require_quota, require_rate, source_of
from linli.portals.open311.asking import own_number
from linli.portals.open311.rendering import Node, Reply, rendered
from linli.posts.actor import SystemActor
from linli.posts.models import Post
from linli.posts.tokens import Unknown
from linli.residents.models import How
from linli.residents.purposes import EXCHANGE
from linli.residents.showing import forget, read_by, reading_as
from linli.web.errors import WAIT_SECONDS
from linli.web.limits import check_rate
from linli.web.middleware import NotThisWay

READS_PER_MINUTE = 60  # without a key, per address
SERVICES_PER_MINUTE = 600  # clients read the definition of each service, one after the other
LANGUAGES = {"zh": "zh-hans", "en": "en"}
AS_IT_IS = {403, 404, 405, 429, 503}  # all else is 400 here, as the specification wants it


class KeyRefused(Refusal):
    """The key is missing or not known; the specification says 403."""

    status = 403
    code = "key"
    sentence = gettext_lazy("This api_key is not known or has ended. Ask this place's administrator for one.")


@dataclass(frozen=True)
class Asker:
    """A request, the outside system whose key came with it (None: anybody), and the code range it is about."""

    request: HttpRequest
    source: Source | None
    span: tuple[int, int] = EVERYWHERE

    @property
    def known(self) -> Source:
        """The outside system, which must be there."""
        if self.source is None:
            raise KeyRefused(
                _(
                    "Send your api_key as a parameter, or as the header X-Api-Key. The administrator gives one."
                )
            )
        return self.source


@dataclass(frozen=True)
class Opening:
    """How an address may be opened, and how often without a key."""

    methods: tuple[str, ...]
    per_minute: int


View = Callable[..., Reply]


def entrance(
    *methods: str, per_minute: int = READS_PER_MINUTE
) -> Callable[[View], Callable[..., HttpResponse]]:
    """No session and so no CSRF; what the view gives or refuses goes out in the format of the address."""

    def guarded(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def opened(request: HttpRequest, form: str = "xml", **given: str) -> HttpResponse:
            asked = LANGUAGES.get(request.GET.get("locale", "")[:2].lower())
            with override(asked or get_language()):
                response = _answered(view, Opening(methods, per_minute), request, (form, given))
            if response.status_code == 405:
                response["Allow"] = ", ".join(methods)
            response["Cache-Control"] = "no-store"
            return response

        return opened

    return guarded


def _answered(
    view: View, opening: Opening, request: HttpRequest, address: tuple[str, dict[str, str]]
) -> HttpResponse:
    form, given = address
    source: Source | None = None
    try:
        with _troubles_as_refusals():
            if request.method not in opening.methods:
                raise NotThisWay
            source = _source(request)
            if source:
                read_by(SystemActor(source.code))
                reading_as(EXCHANGE, How.ANSWER)
            _check_how_often(request, source, opening.per_minute)
            return rendered(view(Asker(request, source, _span(request)), **given), form)
    except Refusal as refusal:
        forget()
        errors = errors_of(refusal)
        _note(source, request, refusal, errors)
        return _refused(refusal, errors, form)


def unreadable() -> Refusal:
    """The refusal of a body that is broken, or not in UTF-8."""
    return Refusal(_("The request could not be read. Send it as a form in UTF-8."))


@contextmanager
def _troubles_as_refusals() -> Iterator[None]:
    try:
        yield
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent) as trouble:
        raise TooLarge from trouble
    except (BadRequest, MultiPartParserError, UnreadablePostError) as trouble:
        raise unreadable() from trouble
    except OperationalError as trouble:
        if not is_store_trouble(trouble):
            raise
        raise Unavailable from trouble


def _source(request: HttpRequest) -> Source | None:
    key = _key(request)
    if not key:
        return None
    try:
        return source_of(key)
    except Unknown as refusal:
        check_rate(request, "open311-key", READS_PER_MINUTE)
        raise KeyRefused from refusal


def _key(request: HttpRequest) -> str:
    """From a header, the form or the address, in this order: addresses end up in logs."""
    scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    given = [
        request.headers.get("X-Api-Key", ""),
        secret if scheme.lower() == "bearer" else "",
        request.POST.get("api_key", "") if request.method == "POST" else "",
        request.GET.get("api_key", ""),
    ]
    return next((each.strip() for each in given if each.strip()), "")


def _check_how_often(request: HttpRequest, source: Source | None, per_minute: int) -> None:
    if source is None:
        check_rate(request, f"open311-{per_minute}", per_minute)
        return
    require_rate(source, _where(request))
    if request.method == "POST":
        require_quota(source)


def _span(request: HttpRequest) -> tuple[int, int]:
    """The code range a jurisdiction_id names: this host, or the code of a place somebody works in; else 404."""
    given = request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id") or ""
    if not given or given.lower().removeprefix("www.") == _host(request):
        return EVERYWHERE
    with suppress(Invalid):
        low, high = span(given)
        if Post.objects.filter(until=None, division__code__gte=low, division__code__lt=high).exists():
            return low, high
    raise NotFound(
        _("This jurisdiction_id is not served here. Leave it out, or send the code of a place served here.")
    )


def _host(request: HttpRequest) -> str:
    return request.get_host().rsplit(":", 1)[0].lower().removeprefix("www.")


def errors_of(refusal: Refusal) -> list[Node]:
    """The sentences of a refusal, each with its code; what is wrong in a field begins with the field's name."""
    code = 400 if isinstance(refusal, Invalid) else refusal.status
    fields = refusal.facts.get("fields")
    if isinstance(fields, dict) and fields:
        said = [f"{name}: {sentence}" for name, sentences in fields.items() for sentence in sentences]
    else:
        said = [str(refusal.sentence)]
    return [{"code": code, "description": each} for each in said]


def _note(source: Source | None, request: HttpRequest, refusal: Refusal, errors: list[Node]) -> None:
    """For the page about the source. What came too often is told there once a minute (require_rate)."""
    if source is None or request.method != "POST" or isinstance(refusal, TooMany | Unavailable):
        return
    number = ""
    with suppress(Invalid):
        number = own_number(request.POST)
    with suppress(OperationalError):
        note_refusal(source, _where(request), _reason(request, errors), number)


def _where(request: HttpRequest) -> str:
    return f"{request.method} {request.path.rsplit('/', 1)[-1]}"


def _reason(request: HttpRequest, errors: list[Node]) -> str:
    """The sentences without any value that was sent: some of our sentences quote what they cannot read."""
    said = "\n".join(each["description"] for each in errors)
    sent = {tidy(value) for _name, values in request.POST.lists() for value in values}
    for value in sorted(sent, key=len, reverse=True):
        if len(value) > 1:
            said = said.replace(value, "…")
    return said


def _refused(refusal: Refusal, errors: list[Node], form: str) -> HttpResponse:
    status = refusal.status if refusal.status in AS_IT_IS else 400
    response = rendered(Reply("errors", errors), form, status=status)
    if status in WAIT_SECONDS:
        response["Retry-After"] = str(refusal.facts.get("retry_after", WAIT_SECONDS[status]))
    return response
