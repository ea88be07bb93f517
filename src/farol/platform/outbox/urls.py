"""Addresses of the outbox."""

from django.urls import include, path

from farol.platform.outbox import views

_patterns = [
    path("", views.message_list, name="messages"),
    path("repetir", views.again_all, name="again_all"),
    path("<int:pk>", views.message_page, name="message"),
    path("<int:pk>/repetir", views.again, name="again"),
    path("<int:pk>/descartar", views.discard, name="discard"),
]
urlpatterns = [path("administracao/saida/", include((_patterns, "outbox")))]
