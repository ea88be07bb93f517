"""Addresses of the shell."""

from django.urls import include, path

from farol.platform.web import views

patterns = [
    path("", views.home, name="home"),
    path("busca", views.search, name="search"),
    path("visoes", views.save_view, name="view_save"),
    path("visoes/<int:pk>", views.change_view, name="view_change"),
    path("visoes/<int:pk>/excluir", views.delete_view, name="view_delete"),
    path("componentes", views.components, name="components"),
]
urlpatterns = [path("", include((patterns, "web")))]
