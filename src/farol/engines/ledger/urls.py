"""Addresses of the books."""

from django.urls import include, path

from farol.engines.ledger import views

patterns = [
    path("meses", views.months, name="months"),
    path("meses/fechar", views.close, name="close"),
    path("meses/reabrir", views.request_reopen, name="request"),
    path("meses/reaberturas/<int:pk>", views.decide, name="decide"),
]
urlpatterns = [path("", include((patterns, "ledger")))]
