import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('executions', '0008_index_ends'),
        ('flows', '0005_add_schedules'),
        ('workspaces', '0001_create_workspaces'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ScheduleSlot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot_at', models.DateTimeField()),
                ('last_slot_at', models.DateTimeField(null=True)),
                ('count', models.PositiveIntegerField(default=1, null=True)),
                ('is_manual', models.BooleanField(default=False)),
                ('status', models.CharField(choices=[('started', 'Started'), ('waiting', 'Waiting'), ('skipped', 'Skipped'), ('failed', 'Failed')], max_length=16)),
                ('reason', models.TextField(blank=True)),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('schedule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='flows.schedule')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='execution',
            name='slot',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='runs', to='executions.scheduleslot'),
        ),
        migrations.AddConstraint(
            model_name='execution',
            constraint=models.UniqueConstraint(condition=models.Q(('slot__isnull', False)), fields=('slot',), name='one_execution_per_slot'),
        ),
        migrations.AddIndex(
            model_name='scheduleslot',
            index=models.Index(fields=['schedule', '-id'], name='slot_recent'),
        ),
        migrations.AddIndex(
            model_name='scheduleslot',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['schedule'], name='slot_waiting'),
        ),
        migrations.AddConstraint(
            model_name='scheduleslot',
            constraint=models.UniqueConstraint(fields=('schedule', 'slot_at'), name='one_run_per_slot'),
        ),
    ]
