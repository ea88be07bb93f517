"""Addresses of the alerts."""

from django.urls import include, path

from farol.engines.alerts import views

patterns = [
    path("alertas", views.alerts, name="list"),
    path("alertas/reconhecer", views.acknowledge_selected, name="acknowledge_selected"),
    path("alertas/<int:pk>", views.alert, name="alert"),
    path("alertas/<int:pk>/comentario", views.add_comment, name="comment"),
    path("alertas/<int:pk>/<slug:action>", views.act, name="act"),
]
urlpatterns = [path("", include((patterns, "alerts")))]
