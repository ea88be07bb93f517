"""Addresses of customers beside those of every module."""

from django.urls import include, path

from farol.registry.customers import views

_patterns = [
    path("busca/clientes", views.search, name="search"),
    path("busca/clientes/abrir", views.open_here, name="open"),
    path("clientes-repetidos", views.duplicates, name="duplicates"),
    path("clientes-pedidos", views.import_orders, name="import_orders"),
    path("clientes-do-cadastro", views.bring, name="bring"),
    path("clientes/<str:number>/revelar", views.reveal, name="reveal"),
    path("clientes/<str:number>/pedidos", views.orders, name="orders"),
    path("clientes/<str:number>/historico", views.history, name="history"),
    path("clientes/<str:number>/dossie", views.file, name="file"),
]
urlpatterns = [path("", include((_patterns, "customers_lookup")))]
