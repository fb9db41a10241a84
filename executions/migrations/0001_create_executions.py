"""Create the rows of executions, step runs, attempts and what hangs on them."""

import django.db.models.deletion
import django.utils.timezone
import executions.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('flows', '0001_create_flows'),
        ('workspaces', '0001_create_workspaces'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Payload',
            fields=[
                ('attempt_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('request', executions.fields.JSONText(null=True)),
                ('response', executions.fields.JSONText(null=True)),
                ('request_size', models.BigIntegerField(default=0)),
                ('response_size', models.BigIntegerField(default=0)),
                ('is_cut', models.BooleanField(default=False)),
                ('is_partial', models.BooleanField(default=False)),
                ('content_type', models.CharField(blank=True, max_length=255)),
                ('response_hash', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'db_table': 'executions_payload',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('fence', models.PositiveIntegerField()),
                ('status', models.CharField(choices=[('running', 'Running'), ('waiting', 'Waiting'), ('passed', 'Passed'), ('failed', 'Failed'), ('skipped', 'Skipped'), ('cancelled', 'Cancelled'), ('lost', 'Lost')], default='running', max_length=16)),
                ('due_at', models.DateTimeField()),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('deadline', models.DateTimeField(null=True)),
                ('timing', executions.fields.JSONText(null=True)),
                ('failure_kind', models.CharField(blank=True, choices=[('assertion', 'Assertion'), ('action', 'Action'), ('unreachable', 'Unreachable'), ('timeout', 'Timeout'), ('template', 'Template'), ('extraction', 'Extraction'), ('config', 'Config'), ('worker_lost', 'Worker Lost')], max_length=16)),
                ('failure_code', models.CharField(blank=True, max_length=64)),
                ('failure_message', models.TextField(blank=True)),
                ('condition', executions.fields.JSONText(null=True)),
                ('assertions', executions.fields.JSONText(null=True)),
                ('captured', executions.fields.JSONText(null=True)),
                ('reads', executions.fields.JSONText(null=True)),
                ('draws', executions.fields.JSONText(null=True)),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Execution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('flow_name', models.CharField(max_length=255)),
                ('environment_name', models.CharField(blank=True, max_length=64)),
                ('environment_revision', models.CharField(blank=True, max_length=16)),
                ('variables', executions.fields.JSONText(default=dict)),
                ('overrides', executions.fields.JSONText(default=dict)),
                ('labels', models.JSONField(blank=True, default=dict)),
                ('trigger', models.CharField(choices=[('user', 'User'), ('schedule', 'Schedule'), ('api', 'Api'), ('cli', 'Cli'), ('webhook', 'Webhook'), ('flow', 'Flow')], max_length=16)),
                ('actor', models.CharField(max_length=150)),
                ('idempotency_key', models.CharField(max_length=255, null=True)),
                ('idempotency_hash', models.CharField(blank=True, max_length=64)),
                ('rerun_mode', models.CharField(blank=True, choices=[('today', 'Today'), ('as_it_was', 'As It Was'), ('from_step', 'From Step')], max_length=16)),
                ('rerun_from', models.CharField(blank=True, max_length=1024)),
                ('family', models.BigIntegerField(db_index=True, null=True)),
                ('worker_group', models.CharField(blank=True, max_length=64)),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('passed', 'Passed'), ('failed', 'Failed'), ('cancelled', 'Cancelled'), ('timed_out', 'Timed Out')], default='queued', max_length=16)),
                ('phase', models.CharField(blank=True, choices=[('setup', 'Setup'), ('steps', 'Steps'), ('teardown', 'Teardown')], max_length=16)),
                ('outcome', models.CharField(blank=True, choices=[('queued', 'Queued'), ('running', 'Running'), ('passed', 'Passed'), ('failed', 'Failed'), ('cancelled', 'Cancelled'), ('timed_out', 'Timed Out')], max_length=16)),
                ('steps_total', models.PositiveIntegerField(default=0)),
                ('passed_count', models.PositiveIntegerField(default=0)),
                ('failed_count', models.PositiveIntegerField(default=0)),
                ('soft_failed_count', models.PositiveIntegerField(default=0)),
                ('skipped_count', models.PositiveIntegerField(default=0)),
                ('cancelled_count', models.PositiveIntegerField(default=0)),
                ('retry_count', models.PositiveIntegerField(default=0)),
                ('recovered_count', models.PositiveIntegerField(default=0)),
                ('queued_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('timeout_seconds', models.FloatField(default=600)),
                ('deadline', models.DateTimeField(null=True)),
                ('teardown_deadline', models.DateTimeField(null=True)),
                ('cancel_requested_at', models.DateTimeField(null=True)),
                ('cancel_requested_by', models.CharField(blank=True, max_length=150)),
                ('event_number', models.BigIntegerField(default=0)),
                ('failed_step_path', models.CharField(blank=True, max_length=1024)),
                ('failure_kind', models.CharField(blank=True, choices=[('assertion', 'Assertion'), ('action', 'Action'), ('unreachable', 'Unreachable'), ('timeout', 'Timeout'), ('template', 'Template'), ('extraction', 'Extraction'), ('config', 'Config'), ('worker_lost', 'Worker Lost')], max_length=16)),
                ('failure_code', models.CharField(blank=True, max_length=64)),
                ('failure_message', models.TextField(blank=True)),
                ('environment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='executions', to='flows.environment')),
                ('flow', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='executions', to='flows.flow')),
                ('flow_version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='executions', to='flows.flowversion')),
                ('rerun_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reruns', to='executions.execution')),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='executions', to='workspaces.workspace')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='LateResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('fence', models.PositiveIntegerField()),
                ('status', models.CharField(choices=[('running', 'Running'), ('waiting', 'Waiting'), ('passed', 'Passed'), ('failed', 'Failed'), ('skipped', 'Skipped'), ('cancelled', 'Cancelled'), ('lost', 'Lost')], max_length=16)),
                ('message', models.TextField(blank=True)),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='late_results', to='executions.attempt')),
            ],
        ),
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('old', models.CharField(blank=True, choices=[('queued', 'Queued'), ('running', 'Running'), ('passed', 'Passed'), ('failed', 'Failed'), ('cancelled', 'Cancelled'), ('timed_out', 'Timed Out')], max_length=16)),
                ('new', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('passed', 'Passed'), ('failed', 'Failed'), ('cancelled', 'Cancelled'), ('timed_out', 'Timed Out')], max_length=16)),
                ('reason', models.TextField(blank=True)),
                ('execution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='executions.execution')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='StepRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=1024)),
                ('key', models.CharField(max_length=1024)),
                ('step_id', models.CharField(max_length=64)),
                ('section', models.CharField(choices=[('setup', 'Setup'), ('steps', 'Steps'), ('teardown', 'Teardown')], max_length=16)),
                ('index', models.PositiveIntegerField(null=True)),
                ('position', models.PositiveIntegerField()),
                ('action', models.CharField(max_length=64)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('running', 'Running'), ('retrying', 'Retrying'), ('passed', 'Passed'), ('failed', 'Failed'), ('skipped', 'Skipped'), ('cancelled', 'Cancelled')], default='pending', max_length=16)),
                ('due_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('sends', models.PositiveIntegerField(default=0)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('fence', models.PositiveIntegerField(default=0)),
                ('lost_attempts', models.PositiveIntegerField(default=0)),
                ('resume_state', models.BinaryField(null=True)),
                ('pending_children', models.PositiveIntegerField(default=0)),
                ('skip_reason', models.TextField(blank=True)),
                ('failure_kind', models.CharField(blank=True, choices=[('assertion', 'Assertion'), ('action', 'Action'), ('unreachable', 'Unreachable'), ('timeout', 'Timeout'), ('template', 'Template'), ('extraction', 'Extraction'), ('config', 'Config'), ('worker_lost', 'Worker Lost')], max_length=16)),
                ('failure_code', models.CharField(blank=True, max_length=64)),
                ('message', models.TextField(blank=True)),
                ('recovered', models.BooleanField(default=False)),
                ('soft', models.BooleanField(default=False)),
                ('asserted', models.BooleanField(default=False)),
                ('may_have_taken_effect', models.BooleanField(default=False)),
                ('protocol', models.CharField(blank=True, max_length=16)),
                ('service', models.CharField(blank=True, max_length=255)),
                ('operation', models.CharField(blank=True, max_length=255)),
                ('route', models.CharField(blank=True, max_length=1024)),
                ('environment', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='flows.environment')),
                ('execution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='step_runs', to='executions.execution')),
                ('flow', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='flows.flow')),
                ('flow_version', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='flows.flowversion')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='executions.steprun')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='execution',
            name='parent_step_run',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sub_executions', to='executions.steprun'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='step_run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempt_rows', to='executions.steprun'),
        ),
        migrations.CreateModel(
            name='WorkerProcess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(max_length=255)),
                ('pid', models.PositiveIntegerField()),
                ('boot_id', models.CharField(max_length=128)),
                ('process_started', models.CharField(blank=True, max_length=32)),
                ('worker_group', models.CharField(blank=True, max_length=64)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('renewed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('stopped_at', models.DateTimeField(null=True)),
                ('hops', models.BigIntegerField(default=0)),
                ('duplicate_messages', models.BigIntegerField(default=0)),
                ('abandoned_attempts', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name_plural': 'worker processes',
                'indexes': [models.Index(condition=models.Q(('stopped_at__isnull', True)), fields=['expires_at'], name='worker_live')],
            },
        ),
        migrations.AddField(
            model_name='attempt',
            name='worker',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='executions.workerprocess'),
        ),
        migrations.CreateModel(
            name='LiveValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(blank=True, max_length=1024)),
                ('name', models.CharField(max_length=255)),
                ('ciphertext', models.BinaryField()),
                ('execution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='live_values', to='executions.execution')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('execution', 'path', 'name'), name='one_live_value_per_name')],
            },
        ),
        migrations.AddIndex(
            model_name='steprun',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='step_run_due'),
        ),
        migrations.AddIndex(
            model_name='steprun',
            index=models.Index(fields=['flow', 'environment', 'key', '-started_at'], name='step_run_history'),
        ),
        migrations.AddConstraint(
            model_name='steprun',
            constraint=models.UniqueConstraint(fields=('execution', 'path'), name='one_step_run_per_path'),
        ),
        migrations.AddConstraint(
            model_name='steprun',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['cancelled', 'failed', 'passed', 'pending', 'retrying', 'running', 'skipped'])), name='step_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='steprun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('status__in', ['cancelled', 'failed', 'passed', 'skipped'])), models.Q(('finished_at__isnull', True), models.Q(('status__in', ['cancelled', 'failed', 'passed', 'skipped']), _negated=True)), _connector='OR'), name='step_finished_exactly_when_final'),
        ),
        migrations.AddIndex(
            model_name='execution',
            index=models.Index(fields=['workspace', '-id'], name='execution_recent'),
        ),
        migrations.AddIndex(
            model_name='execution',
            index=models.Index(fields=['workspace', 'status', '-id'], name='execution_recent_by_status'),
        ),
        migrations.AddIndex(
            model_name='execution',
            index=models.Index(fields=['flow', '-id'], name='execution_recent_by_flow'),
        ),
        migrations.AddIndex(
            model_name='execution',
            index=models.Index(fields=['workspace', 'queued_at'], name='execution_by_time'),
        ),
        migrations.AddIndex(
            model_name='execution',
            index=models.Index(condition=models.Q(('status__in', ['cancelled', 'failed', 'passed', 'timed_out']), _negated=True), fields=['id'], name='execution_active'),
        ),
        migrations.AddConstraint(
            model_name='execution',
            constraint=models.UniqueConstraint(fields=('workspace', 'idempotency_key'), name='one_execution_per_idempotency_key'),
        ),
        migrations.AddConstraint(
            model_name='execution',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['cancelled', 'failed', 'passed', 'queued', 'running', 'timed_out'])), name='execution_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='execution',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('status__in', ['cancelled', 'failed', 'passed', 'timed_out'])), models.Q(('finished_at__isnull', True), models.Q(('status__in', ['cancelled', 'failed', 'passed', 'timed_out']), _negated=True)), _connector='OR'), name='execution_finished_exactly_when_final'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('status', 'running')), fields=['worker'], name='attempt_running'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(fields=('step_run', 'number'), name='one_attempt_per_number'),
        ),
    ]
