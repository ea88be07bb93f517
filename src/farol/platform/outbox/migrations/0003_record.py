from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outbox', '0002_doubts'),
    ]

    operations = [
        migrations.AddField(
            model_name='outboxmessage',
            name='record',
            field=models.CharField(blank=True, default='', help_text='Reference of the record behind it', max_length=80),
        ),
    ]
