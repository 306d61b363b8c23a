from django.apps import AppConfig


class ResidentConfig(AppConfig):
    name = "linli.portals.resident"
    label = "resident"
    default_auto_field = "django.db.models.BigAutoField"
