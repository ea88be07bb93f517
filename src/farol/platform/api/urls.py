"""`/api/v1/`."""

from django.urls import path

from farol.platform.api.mount import urls

urlpatterns = [path("api/v1/", urls())]
