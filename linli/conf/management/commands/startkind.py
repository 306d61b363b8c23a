"""`linli startkind NAME`: a new kind of case as one folder; nothing else has to be edited."""

from __future__ import annotations

import keyword
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.templates import TemplateCommand

SKELETON = Path(__file__).resolve().parents[2] / "kind_skeleton"
KINDS = Path(settings.PACKAGE) / "kinds"


class Command(TemplateCommand):
    """Fill the skeleton with the new names."""

    help = "Make a new kind of case: linli startkind lostfound --zh 失物招领 --en 'Lost and found'"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the folder's name: one lower-case word, plural, such as disputes")
        parser.add_argument("--zh", default="", help="what people call it in Chinese")
        parser.add_argument("--en", default="", help="what people call it in English")

    def handle(self, *_args: Any, **options: Any) -> None:
        name = options["name"]
        if not (name.isidentifier() and name.islower() and name.isalpha()) or keyword.iskeyword(name):
            raise CommandError(
                f"“{name}” cannot be a folder's name: use one lower-case word, such as disputes."
            )
        folder = KINDS / name
        if folder.exists():
            raise CommandError(f"There is a kind {name} already: {folder.name}/procedure.yaml.")
        folder.mkdir()
        words = {"label_zh": options["zh"] or name, "label_en": options["en"] or name.capitalize()}
        self._fill(name, folder, words)
        self.stdout.write(
            f"Made linli/kinds/{name}. Next: write its words in procedure.yaml, run `linli migrate`, "
            f"then `pytest linli/kinds/{name}`."
        )

    def _fill(self, name: str, folder: Path, words: dict[str, str]) -> None:
        super().handle(
            "app",
            name,
            str(folder),
            template=str(SKELETON),
            extensions=["py", "yaml", "html"],
            files=[],
            exclude=None,
            verbosity=0,
            **words,
        )
