"""Addresses of products beside those of every module."""

from django.urls import include, path

from farol.registry.products import views

_patterns = [
    path("busca/produtos", views.search, name="search"),
    path("produtos/<str:number>/saldo", views.stock, name="stock"),
]
urlpatterns = [path("", include((_patterns, "products_lookup")))]
