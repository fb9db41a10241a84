import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# In the transaction that ends an execution, whoever ends it. WHEN is looked at without calling the function.
NOTE_ENDING = """
    CREATE FUNCTION executions_note_ending() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.batch_id IS NOT NULL
           OR EXISTS (SELECT FROM executions_endlistener l WHERE l.workspace_id = NEW.workspace_id) THEN
            INSERT INTO executions_ending (execution_id, workspace_id, batch_id, ended_at, tries)
            VALUES (NEW.id, NEW.workspace_id, NEW.batch_id, statement_timestamp(), 0);
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER note_ending AFTER UPDATE OF status ON executions_execution
        FOR EACH ROW WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL)
        EXECUTE FUNCTION executions_note_ending();
"""
FORGET = "DROP TRIGGER note_ending ON executions_execution; DROP FUNCTION executions_note_ending();"

STATUSES = [
    ("queued", "Queued"), ("running", "Running"), ("passed", "Passed"), ("failed", "Failed"), ("cancelled", "Cancelled"),
    ("timed_out", "Timed Out"),
]
TRIGGERS = [
    ("user", "User"), ("schedule", "Schedule"), ("api", "Api"), ("cli", "Cli"), ("webhook", "Webhook"), ("flow", "Flow"),
]
ROW_STATUSES = [("waiting", "Waiting"), ("started", "Started"), ("cancelled", "Cancelled"), ("failed", "Failed")]
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def to(model, *, on_delete=django.db.models.deletion.CASCADE, related_name="+", **more):
    return models.ForeignKey(to=model, on_delete=on_delete, related_name=related_name, **more)


SET_NULL = django.db.models.deletion.SET_NULL


class Migration(migrations.Migration):
    dependencies = [
        ("executions", "0009_record_schedule_slots"),
        ("flows", "0005_add_schedules"),
        ("workspaces", "0001_create_workspaces"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Ending",
            fields=[
                ("id", ID.clone()),
                ("execution_id", models.BigIntegerField()),
                ("workspace_id", models.BigIntegerField()),
                ("batch_id", models.BigIntegerField(null=True)),
                ("ended_at", models.DateTimeField()),
                ("tries", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="EndListener",
            fields=[
                ("id", ID.clone()),
                ("name", models.CharField(max_length=32)),
                ("workspace", to("workspaces.workspace", db_index=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["workspace", "name"], name="one_end_listener_per_name"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RunLimit",
            fields=[
                ("id", ID.clone()),
                ("most", models.PositiveIntegerField()),
                (
                    "flow",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="run_limit",
                        to="flows.flow",
                    ),
                ),
                ("workspace", to("workspaces.workspace", db_index=False, related_name="run_limits")),
            ],
            options={
                "indexes": [models.Index(fields=["workspace"], name="limit_by_workspace")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("flow", None)), fields=("workspace",), name="one_limit_per_workspace"
                    ),
                    models.CheckConstraint(condition=models.Q(("most__gte", 1)), name="a_limit_lets_one_run"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", ID.clone()),
                ("environment_name", models.CharField(blank=True, max_length=64)),
                ("source", models.CharField(blank=True, max_length=255)),
                ("labels", models.JSONField(blank=True, default=dict)),
                ("parallel", models.PositiveSmallIntegerField(default=4)),
                ("timeout_seconds", models.FloatField(null=True)),
                ("rows_total", models.PositiveIntegerField(default=0)),
                ("trigger", models.CharField(choices=TRIGGERS, max_length=16)),
                ("actor", models.CharField(max_length=150)),
                ("idempotency_key", models.CharField(max_length=255, null=True)),
                ("idempotency_hash", models.CharField(blank=True, max_length=64)),
                ("status", models.CharField(choices=STATUSES, default="running", max_length=16)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                ("cancel_requested_at", models.DateTimeField(null=True)),
                ("cancel_requested_by", models.CharField(blank=True, max_length=150)),
                ("environment", to("flows.environment", on_delete=SET_NULL, null=True)),
                ("flow", to("flows.flow", related_name="batches")),
                ("flow_version", to("flows.flowversion")),
                ("rerun_of", to("executions.batch", on_delete=SET_NULL, null=True, related_name="reruns")),
                ("started_by", to(settings.AUTH_USER_MODEL, on_delete=SET_NULL, null=True)),
                ("workspace", to("workspaces.workspace", db_index=False, related_name="batches")),
            ],
            options={
                "verbose_name_plural": "batches",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["workspace", "-id"], name="batch_recent"),
                    models.Index(
                        condition=models.Q(("finished_at__isnull", True)), fields=["id"], name="batch_unfinished"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "idempotency_key"), name="one_batch_per_idempotency_key"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchRow",
            fields=[
                ("id", ID.clone()),
                ("number", models.PositiveIntegerField()),
                ("label", models.CharField(blank=True, max_length=255)),
                ("ciphertext", models.BinaryField()),
                ("status", models.CharField(choices=ROW_STATUSES, default="waiting", max_length=16)),
                ("reason", models.TextField(blank=True)),
                ("batch", to("executions.batch", db_index=False, related_name="rows")),
                (
                    "execution",
                    models.OneToOneField(
                        null=True, on_delete=SET_NULL, related_name="batch_row", to="executions.execution"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "number"), name="one_batch_row_per_number"),
                ],
            },
        ),
        migrations.AddField(
            model_name="execution",
            name="batch",
            field=to("executions.batch", on_delete=SET_NULL, null=True, db_index=False, related_name="executions"),
        ),
        migrations.AddField(
            model_name="execution",
            name="waits_for",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
        migrations.AddIndex(
            model_name="execution",
            index=models.Index(
                condition=models.Q(("batch__isnull", False)), fields=["batch", "-id"], name="execution_by_batch"
            ),
        ),
        migrations.AddIndex(
            model_name="execution",
            index=models.Index(
                condition=models.Q(("waits_for", ""), _negated=True),
                fields=["workspace", "id"],
                name="execution_held",
            ),
        ),
        migrations.RunSQL(NOTE_ENDING, FORGET),
    ]
