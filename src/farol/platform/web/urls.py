"""Addresses of the shell."""

from django.urls import include, path

from farol.platform.web import views

patterns = [
    path("", views.home, name="home"),
    path("busca", views.search, name="search"),
    path("componentes", views.components, name="components"),
]
urlpatterns = [path("", include((patterns, "web")))]
