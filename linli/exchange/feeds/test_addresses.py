"""Where nothing is ever sent to."""

from __future__ import annotations

import socket
from ipaddress import ip_network

import pytest

from linli.base.addresses import NotSent, pinned, post, require_address, target_of
from linli.base.errors import Invalid

INSIDE = [
    *(
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://[::1]/",
    ),
    *(
        "https://172.16.0.1/",
        "https://[fc00::1]/",
        "https://0.0.0.0/",
        "https://100.64.0.1/",
        "https://[::]/",
    ),
    *("https://[::ffff:127.0.0.1]/", "https://2130706433/", "https://0x7f.1/", "https://224.0.0.1/"),
]
NEVER = [
    *("http://169.254.169.254/latest/", "https://169.254.169.254/", "https://[fe80::1]/"),
    *("https://[::ffff:169.254.169.254]/", "https://[fd00:ec2::254]/", "https://100.100.100.200/"),
    *(
        "https://168.63.129.16/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:a9fe:a9fe::1]/",
        "https://0.0.0.0/",
    ),
]


@pytest.mark.parametrize("url", [*INSIDE, *NEVER])
def test_nothing_is_sent_inside_without_the_setting(url):
    with pytest.raises(NotSent, match="address"):
        pinned(target_of(url))
    with pytest.raises(NotSent, match="address"):
        post(url, b"{}", {})


@pytest.mark.parametrize("url", NEVER)
def test_metadata_and_link_local_addresses_are_never_asked(url, settings):
    settings.WEBHOOK_NETWORKS = [ip_network("0.0.0.0/0"), ip_network("::/0")]
    with pytest.raises(NotSent, match="address"):
        pinned(target_of(url))


def test_a_network_of_our_own_is_asked_where_the_setting_names_it(settings):
    settings.WEBHOOK_NETWORKS = [ip_network("10.20.0.0/16")]
    assert pinned(target_of("http://10.20.3.4:8080/x?y=1")) == "10.20.3.4"
    with pytest.raises(NotSent):
        pinned(target_of("http://10.21.3.4/"))


@pytest.mark.parametrize(
    "address",
    [
        *(
            "0.0.0.0",
            "127.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "192.168.0.1",
            "172.16.0.1",
            "198.18.0.1",
            "240.0.0.1",
        ),
        *(
            "[::]",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::127.0.0.1]",
            "[::ffff:0:127.0.0.1]",
            "[fc00::1]",
            "[fec0::1]",
        ),
        *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[5f00::1]", "[100::1]", "[ff02::1]", "[fe80::1%25lo]"),
        *(
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "127.1",
            "127.0.0.1.",
            "localhost",
            "LOCALHOST.",
            "①②⑦.0.0.1",
        ),
    ],
)
def test_no_spelling_of_an_address_inside_is_asked_even_with_https(address):
    with pytest.raises((NotSent, Invalid)):
        pinned(target_of(f"https://{address}/"))


def test_a_public_address_needs_https():
    assert pinned(target_of("https://8.8.8.8/")) == "8.8.8.8"
    with pytest.raises(NotSent):
        pinned(target_of("http://8.8.8.8/"))


def test_a_name_is_refused_if_any_of_its_addresses_is_inside(monkeypatch):
    found = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)
    with pytest.raises(NotSent, match="address"):
        pinned(target_of("https://rebind.example/"))


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(monkeypatch, settings, receiver):
    """A name that answers differently the second time (DNS rebinding) gains nothing."""
    port = target_of(receiver.url).port
    answers = [[(2, 1, 6, "", ("127.0.0.1", port))], [(2, 1, 6, "", ("169.254.169.254", port))]]
    real = socket.getaddrinfo

    def asked(host, *rest, **more):
        return answers.pop(0) if host == "twice.example" else real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", asked)
    post(f"http://twice.example:{port}/", b"{}", {"Content-Length": "2"})
    assert receiver.got[0][0]["Host"] == f"twice.example:{port}"
    assert len(answers) == 1


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "example.cn",
            "ftp://example.cn/",
            "file:///etc/passwd",
            "gopher://x/",
            "https://",
            "https:///x",
        ),
        *("https://a:b@example.cn/", "https://example.cn:99999/", "https://exa mple.cn/", "https://例子.cn/"),
        *("https://example.cn/\r\nX: y", "https://[::1/", "https://example.cn:0/", "https://x/" + "a" * 400),
    ],
)
def test_what_is_no_whole_address_is_refused_with_a_sentence(url):
    with pytest.raises(Invalid) as refusal:
        require_address(url)
    assert "url" in refusal.value.facts["fields"]
