from typing import Any

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "linli.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.cases.forgetting import DOCUMENTS, Part, forget_with
        from linli.documents import entries, handling, wordings
        from linli.documents.making import erase, written_in
        from linli.residents.sealing import SealedTable, register

        wordings.load_papers()
        entries.register_entries()
        handling.register_activities()
        forget_with(Part(DOCUMENTS, written_in, erase))
        for model, column in (("Document", "data"), ("Printed", "content"), ("Signature", "mark")):
            register(SealedTable(f"documents.{model}", (f"{column}_sealed",), _place_of, versioned=False))
        beside = ("name_sealed", "mark_sealed")
        register(SealedTable("documents.Witness", beside, _place_of, versioned=False))


def _place_of(row: Any, column: str) -> str:
    return f"documents_{row._meta.model_name}/{row.pk}/{column.removesuffix('_sealed')}"
