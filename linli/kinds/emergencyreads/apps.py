from django.apps import AppConfig


class EmergencyReadsConfig(AppConfig):
    name = "linli.kinds.emergencyreads"
    label = "emergencyreads"
    default_auto_field = "django.db.models.BigAutoField"
