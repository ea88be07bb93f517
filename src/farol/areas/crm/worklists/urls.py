"""Addresses of the work lists."""

from __future__ import annotations

from django.urls import URLPattern, path

from farol.areas.crm.worklists import views

patterns: list[URLPattern] = [
    path("agir", views.overview, name="worklist"),
    path("agir/parados", views.stale_leads, name="stale"),
    path("agir/sem-resposta", views.unanswered_leads, name="unanswered"),
    path("agir/tarefa", views.create_task, name="worklist-task"),
    path("agir/parados/tarefas", views.create_stale_tasks, name="stale-tasks"),
    path("agir/sem-resposta/tarefas", views.create_unanswered_tasks, name="unanswered-tasks"),
]
