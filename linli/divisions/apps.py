from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from linli.ledger import names


class DivisionsConfig(AppConfig):
    name = "linli.divisions"
    label = "divisions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        labels = {
            "divisions.import": _("Divisions imported"),
            "divisions.boundaries": _("Boundaries imported"),
            "divisions.draw_grids": _("Schematic grids drawn"),
            "divisions.succeed": _("Division followed by another"),
        }
        for name, label in labels.items():
            names.register(name, label=label.__str__, redaction=names.Redaction.NO_WORDS)
