import django.db.models.deletion
import farol.core.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60)),
                ('category', models.CharField(max_length=20)),
                ('record', models.CharField(blank=True, default='', max_length=80)),
                ('url', models.CharField(blank=True, default='', max_length=300)),
                ('params', models.JSONField(default=dict)),
                ('key', models.CharField(blank=True, default='', max_length=200)),
                ('at', models.DateTimeField(default=farol.core.clock.now, editable=False)),
                ('read_at', models.DateTimeField(null=True)),
                ('shown', models.BooleanField(default=True)),
                ('digest', models.BooleanField(default=False)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('read_at', None), ('shown', True)), fields=['person', 'id'], name='notification_unread'), models.Index(fields=['person', '-id'], name='notification_of_person'), models.Index(condition=models.Q(('digest', True), ('mailed_at', None)), fields=['person'], name='notification_digest'), models.Index(fields=['at'], name='notification_age')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('person', 'key'), name='notification_once_per_key')],
            },
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(max_length=20)),
                ('shown', models.BooleanField(default=True)),
                ('mail', models.CharField(default='never', max_length=8)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'category'), name='notification_one_preference'), models.CheckConstraint(condition=models.Q(('mail__in', ['never', 'now', 'daily'])), name='notification_mail')],
            },
        ),
    ]
