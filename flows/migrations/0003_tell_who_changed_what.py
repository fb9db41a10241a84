from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('flows', '0002_keep_files_of_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='flow',
            name='updated_by',
            field=models.CharField(blank=True, default='', editable=False, max_length=150),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='flowversion',
            name='change',
            field=models.CharField(blank=True, default='', editable=False, max_length=255),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='environment',
            name='updated_by',
            field=models.CharField(blank=True, default='', editable=False, max_length=150),
            preserve_default=False,
        ),
    ]
