"""Addresses of the audit."""

from django.urls import include, path

from farol.platform.audit import views

patterns = [
    path("auditoria", views.index, name="index"),
    path("auditoria/verificar", views.verify, name="verify"),
    path("auditoria/exportar", views.export, name="export"),
]
urlpatterns = [path("", include((patterns, "audit")))]
