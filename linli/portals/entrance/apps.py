from django.apps import AppConfig


class EntranceConfig(AppConfig):
    name = "linli.portals.entrance"
    label = "entrance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.portals.entrance.news import listen

        listen()
