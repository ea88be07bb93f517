"""Addresses of the tasks."""

from django.urls import include, path

from farol.platform.jobs import views

_patterns = [
    path("", views.job_list, name="jobs"),
    path("<str:name>", views.job_page, name="job"),
    path("<str:name>/executar", views.job_run, name="run"),
    path("<str:name>/plano", views.job_plan, name="plan"),
    path("<str:name>/pausar", views.job_pause, name="pause"),
    path("<str:name>/retomar", views.job_resume, name="resume"),
]
urlpatterns = [path("administracao/tarefas/", include((_patterns, "jobs")))]
