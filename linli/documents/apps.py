from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "linli.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.documents import entries, wordings

        wordings.load_papers()
        entries.register_entries()
