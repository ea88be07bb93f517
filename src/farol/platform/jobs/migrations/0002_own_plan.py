from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="schedule",
            name="own_cron",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
    ]
