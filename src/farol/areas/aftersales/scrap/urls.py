"""Addresses of scrap."""

from django.urls import include, path

from farol.areas.aftersales.scrap import views

urlpatterns = [path("", include(([path("refugo", views.index, name="list")], "scrap")))]
