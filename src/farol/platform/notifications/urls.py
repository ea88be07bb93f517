"""Addresses of the notices."""

from django.urls import include, path

from farol.platform.notifications import views

_patterns = [
    path("avisos", views.notices, name="notices"),
    path("avisos/recentes", views.latest, name="latest"),
    path("avisos/lidos", views.read, name="read"),
    path("avisos/excluir", views.delete, name="delete"),
    path("avisos/<int:pk>/abrir", views.open_one, name="open"),
    path("perfil/avisos", views.preferences, name="preferences"),
]
urlpatterns = [path("", include((_patterns, "notifications")))]
