"""Entry point of the page server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farol.config.settings")
application = get_wsgi_application()
