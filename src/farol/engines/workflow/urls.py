"""Addresses of every kind of record: the same pages for all, under the path of each."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from farol.engines.workflow.module import Module, modules, workers
from farol.engines.workflow.views import board, bulk, day, details, editing, files, guide, importing, lists, printing
from farol.engines.workflow.views.common import bound


def pages(module: Module) -> list[URLPattern]:
    view, base, one = module.view, module.path, f"{module.path}/<str:number>"
    working = workers(module)
    editor = module.flow.edit.permission if module.flow.edit else module.work
    return [
        path(base, bound(lists.show, module, view), name="list"),
        path(f"{base}/quadro", bound(board.show, module, view), name="board"),
        path(f"{base}/ajuda", bound(guide.show, module, view), name="help"),
        path(f"{base}/novo", bound(editing.new, module, module.work), name="new"),
        path(f"{base}/rascunho", bound(editing.draft, module, module.work, editor), name="draft"),
        *_importing(module),
        path(f"{base}/lote/responsavel", bound(bulk.give, module, *working), name="bulk_assign"),
        path(f"{base}/lote/<slug:action>", bound(bulk.act, module, *working), name="bulk"),
        path(one, bound(details.show, module, view), name="detail"),
        path(f"{one}/editar", bound(editing.edit, module, editor), name="edit"),
        path(f"{one}/imprimir", bound(printing.show, module, view), name="print"),
        path(f"{one}/comentario", bound(details.say, module, view), name="comment"),
        path(f"{one}/responsavel", bound(details.give, module, *working), name="assign"),
        path(f"{one}/anexos", bound(files.attach, module, *working), name="attach"),
        path(f"{one}/anexos/<int:pk>", bound(files.download, module, view), name="attachment"),
        path(f"{one}/anexos/<int:pk>/remover", bound(files.remove, module, *working), name="detach"),
        path(f"{one}/acao/<slug:action>", bound(details.act, module, *working), name="act"),
    ]


def _importing(module: Module) -> list[URLPattern]:
    if not (module.importable and module.form and module.create):
        return []
    return [path(f"{module.path}/importar", bound(importing.show, module, module.import_right), name="import")]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(([path("meu-dia", day.show, name="day")], "workflow"))),
    *(path("", include((pages(module), module.name))) for module in modules().values()),
]
