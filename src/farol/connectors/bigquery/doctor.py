"""Is BigQuery set up, and does it take both queries?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.connectors.bigquery import account
from farol.connectors.bigquery.errors import BigQueryError
from farol.core import formats
from farol.platform.operation.checks import Check, Finding, green, yellow


def answers() -> Iterator[Finding]:
    """Dry runs, which cost nothing; without settings there is nothing to say but that."""
    if not account.configured():
        yield green(_("BigQuery is not set up: past orders come from the local table."))
        return
    try:
        most = max(account.check().values())
    except BigQueryError as error:
        yield yellow(str(error), _("Mend it as the sentence says, then run “farol bigquery check”."))
        return
    size = formats.number(most // 1_000_000)
    yield green(_("BigQuery takes both queries; the larger one reads at most %(size)s MB.") % {"size": size})


CHECKS = [Check("bigquery", gettext_lazy("BigQuery"), answers)]
