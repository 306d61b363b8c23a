"""What is wrong with the page that is open now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

# Latin words of a Chinese page: names of formats, keys and systems, which Chinese people write like this too.
LATIN = {"Excel", "Word", "xlsx", "yaml", "typst", "Shift", "Ctrl", "English", "file", "hotline", "demo"}
# What is typed as it stands: {place} in a template of words, head() in the text of a document.
TYPED = re.compile(r"\{\w+\}|\w+\(\)")
# The words somebody reads, without code, keys, what was typed, and what says that it is in another language.
WORDS = """() => {
  const copy = document.body.cloneNode(true);
  for (const each of copy.querySelectorAll("code, kbd, pre, textarea, script, style, svg, [lang]")) each.remove();
  return copy.textContent;
}"""
# Labels are never what somebody in the place has written: in English pages they are English.
LABELS = """() => [...document.querySelectorAll("th[scope=col], legend, .places a, .top button:not([lang])")]
  .map((each) => each.textContent)"""
BROKEN = "axe.run().then((found) => found.violations.map((each) => [each.id, each.nodes[0].html]))"
# At night only the colours are others.
FAINT = BROKEN.replace("axe.run()", "axe.run({ runOnly: ['color-contrast'] })")


@dataclass(frozen=True)
class Way:
    """How somebody looks: how wide, in which language, in which type."""

    width: int
    language: str
    care: str

    def __str__(self) -> str:
        return f"{self.width} {self.language} large type {self.care}"

    def cookies(self, address: str) -> list[dict[str, str]]:
        """The choices as the browser keeps them."""
        chosen = {"language": self.language, "care": self.care}
        return [{"name": name, "value": value, "url": address} for name, value in chosen.items()]


@contextmanager
def listening(page: Any, address: str) -> Iterator[list[str]]:
    """What the browser complains of meanwhile, and every request to another host."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda wrong: heard.append(str(wrong)))
    page.on("request", lambda asked: _foreign(asked.url, address, heard))
    yield heard


def _foreign(url: str, address: str, heard: list[str]) -> None:
    if not url.startswith((address, "data:", "blob:")):
        heard.append(f"a request to {url}")


def faults(page: Any, way: Way, axe: str = "") -> list[str]:
    """What a person would stumble over: sideways scroll, words of another language, what shuts somebody out."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    found = [f"is {wide} wide"] if wide > way.width else []
    if way.language == "en":
        found += [f"says {said.strip()!r}" for said in page.evaluate(LABELS) if _is_chinese(said)]
    else:
        found += [f"says {word!r}" for word in _latin(page.evaluate(WORDS))]
    if axe:
        page.evaluate(axe)
        found += [f"{rule}: {where}" for rule, where in page.evaluate(BROKEN)]
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")  # no colour is looked at on its way
        found += [f"at night {rule}: {where}" for rule, where in page.evaluate(FAINT)]
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    return found


def _is_chinese(said: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in said)


def _latin(said: str) -> list[str]:
    words = re.findall(r"[A-Za-z]{4,}", TYPED.sub(" ", said))
    return sorted(set(words) - LATIN)
