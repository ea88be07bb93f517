"""Published versions: reading one, listing them, going back."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from farol.core.errors import NotFound, Refused, Unavailable
from farol.engines.warehouse.catalog import Catalog, Version
from farol.engines.warehouse.connection import warehouse_home
from farol.engines.warehouse.dataset import find_dataset
from farol.engines.warehouse.lease import writer_lease
from farol.engines.warehouse.reader import Reader
from farol.engines.warehouse.store import current_store
from farol.platform import audit
from farol.platform.accounts.principal import Principal


def open_reader(dataset: str, version: str | None = None) -> Reader:
    """A reader on the published version of a dataset, or on a kept one by its name.

    `Unavailable` while nothing was published; `NotFound` for a version that is no longer kept.
    """
    declared, store = find_dataset(dataset), current_store()
    catalog = store.catalog(dataset)
    found = catalog.published if version is None else _named(catalog, version)
    if found is None:
        raise Unavailable(
            _("There are no data for “%(dataset)s” yet. Load a file on the page of data sources.")
            % {"dataset": declared.label},
            code="no_data",
        )
    return store.reader(declared, found)


def versions(dataset: str) -> list[Version]:
    """The kept versions, newest first."""
    return list(reversed(current_store().catalog(find_dataset(dataset).name).versions))


def current_version(dataset: str) -> Version | None:
    """The version that readers see now."""
    return current_store().catalog(find_dataset(dataset).name).published


def rollback(dataset: str, version: str | None, principal: Principal) -> Version:
    """Let readers see an earlier kept version (the one before the current where `version` is None), audited.

    `Refused` for a version of another shape, or where there is nothing before the current one.
    """
    principal.require("sources.manage")
    declared, store = find_dataset(dataset), current_store()
    with writer_lease(warehouse_home() / dataset):
        catalog = store.catalog(dataset)
        target = _before(catalog) if version is None else _named(catalog, version)
        if target.schema != declared.schema_hash:
            raise Refused(_("Version %(version)s has another shape and cannot be shown.") % {"version": target.name})
        if target.number != catalog.current:
            with transaction.atomic():
                params = {"from": str(catalog.current), "to": target.name}
                audit.record(principal, "warehouse.rollback", target=dataset, params=params)
                store.point(dataset, target.number)
    return target


def _named(catalog: Catalog, version: str) -> Version:
    found = next((v for v in catalog.versions if v.name == version), None)
    if found is None:
        raise NotFound(_("Version %(version)s is no longer kept.") % {"version": version})
    return found


def _before(catalog: Catalog) -> Version:
    earlier = [v for v in catalog.versions if catalog.current is not None and v.number < catalog.current]
    if not earlier:
        raise Refused(_("There is no earlier version to go back to."))
    return earlier[-1]
