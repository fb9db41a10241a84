import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('flows', '0004_keep_quarantines'),
        ('workspaces', '0001_create_workspaces'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Schedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('description', models.TextField(blank=True)),
                ('environment_name', models.CharField(blank=True, max_length=64)),
                ('variables_json', models.TextField(default='{}', editable=False)),
                ('text_variables_json', models.TextField(default='{}', editable=False)),
                ('labels', models.JSONField(blank=True, default=dict)),
                ('cron', models.CharField(blank=True, max_length=200)),
                ('interval_seconds', models.PositiveIntegerField(blank=True, null=True)),
                ('zone', models.CharField(default='UTC', max_length=64)),
                ('misfire', models.CharField(choices=[('skip', 'Skip'), ('once', 'Once'), ('catch_up', 'Catch Up')], default='skip', max_length=16)),
                ('catch_up', models.PositiveSmallIntegerField(default=5)),
                ('overlap', models.CharField(choices=[('skip', 'Skip'), ('queue', 'Queue'), ('allow', 'Allow'), ('cancel', 'Cancel')], default='skip', max_length=16)),
                ('jitter_seconds', models.PositiveIntegerField(default=0)),
                ('paused_at', models.DateTimeField(blank=True, null=True)),
                ('paused_by', models.CharField(blank=True, max_length=150)),
                ('pause_note', models.TextField(blank=True)),
                ('anchored_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('next_slot_at', models.DateTimeField(null=True)),
                ('next_run_at', models.DateTimeField(null=True)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('environment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='schedules', to='flows.environment')),
                ('flow', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='schedules', to='flows.flow')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='schedules', to='workspaces.workspace')),
            ],
            options={
                'ordering': ['name'],
                'indexes': [models.Index(condition=models.Q(('next_run_at__isnull', False)), fields=['next_run_at'], name='schedule_due')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'name'), name='one_schedule_per_name'), models.CheckConstraint(condition=models.Q(models.Q(('cron', ''), ('interval_seconds__isnull', False)), models.Q(models.Q(('cron', ''), _negated=True), ('interval_seconds__isnull', True)), _connector='OR'), name='schedule_has_a_cron_line_or_an_interval')],
            },
        ),
    ]
