from django.apps import AppConfig


class DivisionsConfig(AppConfig):
    name = "linli.divisions"
    label = "divisions"
    default_auto_field = "django.db.models.BigAutoField"
