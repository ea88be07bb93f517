"""Entry point of the page server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farol.config.settings")
application = get_wsgi_application()
gc.collect()
gc.freeze()  # what is loaded stays: without this every full collection stops the pages for as long as it takes to look
