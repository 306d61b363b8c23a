"""Where something may be pushed to, and the one request that goes there: a pinned address, no redirect, little time."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from linli.base.errors import Invalid

SILENCE = 5.0  # seconds without a byte
LONGEST = 15.0  # seconds for the whole request
_READ = 1024  # bytes of the answer that are looked at
LONGEST_URL = 300
_PRINTABLE = re.compile(r"[!-~]+")
# Never, whatever a setting says: machines ask there for their own secrets, or another address hides inside.
_NEVER = [
    ip_network(each)
    for each in (
        *("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32", "168.63.129.16/32"),
        *("192.0.0.192/32", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"),
    )
]
_PUBLIC_IPV6 = ip_network(
    "2000::/3"
)  # all that is given out; what hides an old address inside lies elsewhere
Address = IPv4Address | IPv6Address


class NotSent(Exception):  # noqa: N818  a receiver that does not take it is no error of the program
    """A request that was not taken; `code` says why: address, redirect, answer, slow, unreachable."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(f"{code} {detail}".strip())


@dataclass(frozen=True)
class Target:
    """An address to push to, taken apart."""

    secure: bool
    host: str
    port: int
    path: str


def target_of(url: str) -> Target:
    """Take a URL apart; Invalid where it cannot be pushed to by its looks."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        parts, port, host = urlsplit(""), None, ""
    plain = bool(_PRINTABLE.fullmatch(url)) and len(url) <= LONGEST_URL
    if (
        not plain
        or parts.scheme not in {"https", "http"}
        or not host
        or parts.username is not None
        or port == 0
    ):
        _refuse(
            _("Write the whole address, such as https://example.cn/linli, without a user name or password.")
        )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    secure = parts.scheme == "https"
    return Target(secure, host, port or (443 if secure else 80), path)


def require_address(url: str) -> None:
    """Raise Invalid for a URL that nothing would be sent to; asks the network for its name."""
    target = target_of(url)
    try:
        pinned(target)
    except NotSent as trouble:
        if trouble.code == "address":
            _refuse(
                _(
                    "Nothing is sent to this address: it must be https and public, or in a network that "
                    "LINLI_WEBHOOK_NETWORKS names."
                )
            )
        _refuse(_("This host name is not known. Check it for typing mistakes."))


def _refuse(sentence: str) -> None:
    raise Invalid(fields={"url": [sentence]})


def pinned(target: Target) -> str:
    """The address behind a host name, which the request then goes to; NotSent if any of them may not be asked."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as trouble:
        raise NotSent("unreachable") from trouble
    addresses = [str(each[4][0]).partition("%")[0] for each in found]
    if not addresses or not all(_may_be_asked(ip_address(each), target) for each in addresses):
        raise NotSent("address")
    return addresses[0]


def _may_be_asked(given: Address, target: Target) -> bool:
    address: Address = given
    if isinstance(given, IPv6Address) and given.ipv4_mapped:
        address = given.ipv4_mapped
    if any(address in network for network in _NEVER) or address.is_multicast or address.is_unspecified:
        return False
    if any(address in network for network in settings.WEBHOOK_NETWORKS):
        return True
    public = address.is_global and (isinstance(address, IPv4Address) or address in _PUBLIC_IPV6)
    return target.secure and public


class _Plain(http.client.HTTPConnection):
    """A connection to an address that was looked at; the name only stands in the Host header."""

    address = ""

    def connect(self) -> None:
        """To the pinned address, not to whatever the name says a moment later."""
        self.sock = socket.create_connection((self.address, self.port), SILENCE)


class _Secure(_Plain):
    """The same with TLS, whose certificate must be the name's."""

    def connect(self) -> None:
        """Shake hands where the watch can break it off."""
        super().connect()
        context = ssl.create_default_context()
        bare = self.sock
        self.sock = context.wrap_socket(bare, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock.do_handshake()


def post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Post once; NotSent unless the answer is 2xx. Never within a write transaction."""
    try:
        target = target_of(url)
    except Invalid as refusal:
        raise NotSent("address") from refusal
    connection = (_Secure if target.secure else _Plain)(target.host, target.port, timeout=SILENCE)
    connection.address = pinned(target)
    watch = threading.Timer(LONGEST, _break_off, [connection])
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        answer = connection.getresponse()
        answer.read(_READ)
    except TimeoutError as trouble:
        raise NotSent("slow") from trouble
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as trouble:
        raise NotSent(
            "slow" if watch.finished.is_set() else "unreachable", type(trouble).__name__
        ) from trouble
    finally:
        watch.cancel()
        connection.close()
    if 300 <= answer.status < 400:
        raise NotSent("redirect", str(answer.status))
    if not 200 <= answer.status < 300:
        raise NotSent("answer", str(answer.status))


def _break_off(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)
