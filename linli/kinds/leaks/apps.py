from django.apps import AppConfig


class LeaksConfig(AppConfig):
    name = "linli.kinds.leaks"
    label = "leaks"
    default_auto_field = "django.db.models.BigAutoField"
