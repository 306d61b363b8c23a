from django.apps import AppConfig


class Open311Config(AppConfig):
    name = "linli.portals.open311"
    label = "open311"
    default_auto_field = "django.db.models.BigAutoField"
