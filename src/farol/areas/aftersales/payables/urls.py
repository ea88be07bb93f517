"""Addresses of payables beside those of every module."""

from django.urls import include, path

from farol.areas.aftersales.payables import views

_payment = [path("<str:number>/dados", views.reveal, name="reveal")]
_categories = [
    path("", views.categories, name="list"),
    path("<int:pk>/trocar", views.switch, name="switch"),
]
urlpatterns = [
    path("contas-a-pagar/", include((_payment, "payables_payment"))),
    path("categorias-de-contas/", include((_categories, "payable_categories"))),
]
