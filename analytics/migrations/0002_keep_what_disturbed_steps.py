import django.contrib.postgres.fields
from django.db import migrations, models

# The next roll-up scores every step that ran in the window, and fills the new column.
SCORE_ANEW = "DELETE FROM analytics_rollupstate WHERE name = 'health'"


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_create_analytics")]

    operations = [
        migrations.AddField(
            model_name="stephealth",
            name="events",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list),
        ),
        migrations.RunSQL(SCORE_ANEW, migrations.RunSQL.noop),
    ]
