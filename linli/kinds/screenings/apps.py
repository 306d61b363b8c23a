from django.apps import AppConfig


class ScreeningsConfig(AppConfig):
    name = "linli.kinds.screenings"
    label = "screenings"
    default_auto_field = "django.db.models.BigAutoField"
