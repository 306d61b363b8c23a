from django.apps import AppConfig


class DatarequestsConfig(AppConfig):
    name = "linli.kinds.datarequests"
    label = "datarequests"
    default_auto_field = "django.db.models.BigAutoField"
