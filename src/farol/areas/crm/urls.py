"""Addresses of the area."""

from __future__ import annotations

from django.urls import include, path

from farol.areas.crm.boards.urls import patterns as boards
from farol.areas.crm.channels.urls import patterns as channels
from farol.areas.crm.files.urls import patterns as files
from farol.areas.crm.forecasting.urls import patterns as forecasting
from farol.areas.crm.planning.urls import patterns as planning
from farol.areas.crm.quality.urls import patterns as quality
from farol.areas.crm.worklists.urls import patterns as worklists

patterns = [*channels, *planning, *quality, *worklists, *forecasting, *files, *boards]  # boards last: it owns ""
urlpatterns = [path("analises/comercial/", include((patterns, "crm")))]
