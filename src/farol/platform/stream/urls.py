"""Where pages get their tickets."""

from django.urls import include, path

from farol.platform.stream import views

urlpatterns = [path("avisos/", include(([path("bilhete", views.ticket, name="ticket")], "stream")))]
