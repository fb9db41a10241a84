from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('flows', '0001_create_flows'),
    ]

    operations = [
        migrations.AddField(
            model_name='flowversion',
            name='files_json',
            field=models.TextField(default='', editable=False),
        ),
    ]
