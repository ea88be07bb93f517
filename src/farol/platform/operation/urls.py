"""Addresses for machines."""

from django.urls import include, path

from farol.platform.operation import views

_patterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics_view, name="metrics"),
]
urlpatterns = [path("", include((_patterns, "operation")))]
