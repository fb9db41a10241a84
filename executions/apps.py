from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ExecutionsConfig(AppConfig):
    name = "executions"

    def ready(self) -> None:
        post_migrate.connect(make_partitions, sender=self)


def make_partitions(**_: object) -> None:
    """After every migrate: whoever upgrades has the partitions of the weeks to come without waiting for the hour."""
    from executions.operations.partitions import ensure_partitions

    ensure_partitions()
