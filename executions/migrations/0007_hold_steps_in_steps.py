
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('executions', '0006_keep_bulk_orders'),
        ('flows', '0002_keep_files_of_versions'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='livevalue',
            name='one_live_value_per_name',
        ),
        migrations.AddField(
            model_name='livevalue',
            name='turn',
            field=models.CharField(blank=True, db_default='', default='', max_length=1024),
        ),
        migrations.AddField(
            model_name='steprun',
            name='container',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='executions.steprun'),
        ),
        migrations.AddField(
            model_name='steprun',
            name='stop_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='steprun',
            name='stopping',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='steprun',
            name='turns',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='steprun',
            name='turns_failed',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='steprun',
            name='stops_at_failure',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='steprun',
            name='turns_started',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='steprun',
            name='pending_children',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name='steprun',
            index=models.Index(condition=models.Q(('pending_children__gt', 0)), fields=['id'], name='step_run_open'),
        ),
        migrations.AddConstraint(
            model_name='livevalue',
            constraint=models.UniqueConstraint(fields=('execution', 'turn', 'path', 'name'), name='one_live_value_per_name'),
        ),
    ]
