"""Addresses of the reports."""

from django.urls import include, path

from farol.engines.reports import views

patterns = [
    path("relatorios", views.issues, name="list"),
    path("relatorios/gerar", views.make, name="make"),
    path("relatorios/<int:pk>", views.issue, name="issue"),
    path("relatorios/<int:pk>/arquivo/<slug:format_name>", views.file, name="file"),
    path("relatorios/<int:pk>/reenviar", views.resend, name="resend"),
]
urlpatterns = [path("", include((patterns, "reports")))]
