"""The whole way of a warranty, against the made-up ERP over real HTTP: from a CPF to the voucher and the books."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.cache import cache

from farol.areas.aftersales.conftest import fill_in, item, make_case, make_person, make_triage
from farol.areas.aftersales.warranties import comparison, erp
from farol.areas.aftersales.warranties.models import Warranty
from farol.connectors.tiny.simulator import Faults, Simulator
from farol.connectors.tiny.simulator.journal import entries
from farol.core import clock
from farol.engines import ledger
from farol.engines.workflow import TransitionRefused, links, run
from farol.engines.workflow.module import get_module
from farol.handoffs import spawns
from farol.platform.accounts.principal import SYSTEM
from farol.platform.outbox.channels import channels
from farol.platform.outbox.delivery import deliver_next
from farol.platform.outbox.models import OutboxMessage

TOKEN = "canary-1a2b3c4d"
CPF = "111.444.777-35"


@pytest.fixture
def tiny(tmp_path, settings):
    cache.clear()
    with Simulator(tmp_path / "tiny.jsonl", token=TOKEN, per_minute=600) as simulator:
        settings.FAROL_TINY_URL, settings.FAROL_TINY_TOKEN = simulator.url, TOKEN
        settings.FAROL_TINY_PER_MINUTE = 600
        yield simulator


def work_off(*names: str) -> None:
    """What the worker does: everything that is due."""
    for name in names or (erp.ORDER, erp.WITHDRAWAL, "tiny.payable"):
        while deliver_next(channels()[name], "worker"):
            pass


def orders(tiny: Simulator) -> list[dict]:
    return list(entries(tiny.books._journal.path, "order"))


@pytest.mark.django_db
def test_from_a_cpf_to_the_voucher(tiny):
    analyst, verifier, finance = make_person("cs_analyst"), make_person("verifier"), make_person("finance")
    ana = fill_in("customers", analyst, {"name": "Ana Lima", "document": CPF})
    # opened by typing the CPF
    data = {"kind": "warranty", "customer": CPF, "order": "MLB-1", "items": [item("SKU-1")], "cost": "20.00"}
    case = fill_in("warranties", analyst, data)
    assert (case.customer, case.marker) == (ana, "GR1")
    run(case, "request_return", analyst, data={"tracking_code": "BR123", "carrier": "Correios"})
    # the parcel arrives at triage and finds its case
    triage = make_triage(analyst, tracking_code="BR123", items=[{"sku": "SKU-1"}])
    case.refresh_from_db()
    assert case.received_on == clock.today()
    run(triage, "start", analyst)
    run(triage, "dispose", analyst, data={"disposition": "scrap", "cost": "80.00", "cause": "broken"})
    run(triage, "conclude", analyst)
    # the new part goes out through the ERP
    run(case, "generate", analyst)
    assert case.status == "awaiting_return"
    work_off()
    case.refresh_from_db()
    [order] = orders(tiny)
    assert (case.status, case.erp_number) == ("generated", "10001")
    assert order["key"] == case.number
    # somebody else compares and approves
    with pytest.raises(TransitionRefused):
        run(case, "verify", analyst_as_verifier(analyst))
    seen = comparison.section(case, verifier)
    assert (seen["differences"], seen["order"].number) == (0, "10001")
    run(case, "verify", verifier)
    # a voucher for the trouble, connected and in the result of the case
    suggested = spawns.voucher_of(case)
    expires = (clock.today() + dt.timedelta(days=90)).isoformat()
    voucher = fill_in("vouchers", finance, {**suggested, "amount": "50.00", "expires_on": expires})
    links.connect(case.reference, voucher.reference, "vouchers")
    assert {linked.record for linked in links.of(case)} == {triage.reference, voucher.reference}
    found = {name: amount for name, _label, amount in ledger.result(case.reference).lines}
    assert found == {"freight": Decimal("20.00"), "scrap": Decimal("80.00"), "voucher_issued": Decimal("50.00")}


def analyst_as_verifier(analyst):
    """The same person with every right: four eyes bind her all the same."""
    from farol.platform.accounts.models import Role
    from farol.platform.accounts.principal import principal_of
    from farol.platform.accounts.rights import rights_of

    role, _new = Role.objects.get_or_create(
        slug="super_admin", defaults={"name": "all", "rights": rights_of("super_admin")}
    )
    analyst.user.roles.add(role)
    return principal_of(analyst.user)


@pytest.mark.django_db
def test_sent_back_and_made_again_the_erp_has_one_order_that_counts(tiny, analyst, verifier, customer):
    case = make_case(analyst, customer, return_needed=False)
    run(case, "generate", analyst)
    work_off()
    case.refresh_from_db()
    first = case.erp_id
    run(case, "send_back", verifier, reason="two pieces")
    with pytest.raises(TransitionRefused):
        run(case, "generate", analyst)
    work_off()
    case = fill_in("warranties", analyst, {**get_module("warranties").initial(case), "items": [item(quantity=2)]}, case)
    run(case, "generate", analyst)
    work_off()
    case.refresh_from_db()
    assert (case.erp_key, case.status) == (f"{case.number}-R2", "generated")
    assert case.erp_id != first
    from farol.connectors.tiny import gateway

    assert gateway().get_order(first).status == "cancelled"
    assert gateway().get_order(case.erp_id).items[0].quantity == 2


@pytest.mark.django_db
def test_a_refusal_of_the_erp_is_on_the_case_in_words_and_can_be_mended(tiny, analyst, customer):
    wrong = {
        "delivery_street": "Rua A", "delivery_postcode": "01000-000", "delivery_city": "Cidade Inexistente",
        "delivery_state": "SP",
    }  # fmt: skip
    case = make_case(analyst, customer, return_needed=False, **wrong)
    run(case, "generate", analyst)
    work_off()
    case = get_module("warranties").rows(SYSTEM).get(pk=case.pk)
    shown = get_module("warranties").item(case, SYSTEM)
    assert (shown["erp"], case.status) == ("failed", "pending")
    assert shown["erp_error"]
    data = {**get_module("warranties").initial(case), "delivery_city": "São Paulo"}
    fill_in("warranties", analyst, data, case)
    run(case, "generate", analyst)
    work_off()
    case.refresh_from_db()
    assert (case.status, case.erp_key) == ("generated", case.number)
    assert len(orders(tiny)) == 1


@pytest.mark.django_db
def test_a_line_cut_after_storing_makes_no_second_order(tmp_path, settings, analyst, customer):
    cache.clear()
    faults = Faults(cut=1.0)
    with Simulator(tmp_path / "tiny.jsonl", token=TOKEN, per_minute=600, faults=faults) as tiny:
        settings.FAROL_TINY_URL, settings.FAROL_TINY_TOKEN = tiny.url, TOKEN
        settings.FAROL_TINY_PER_MINUTE = 600
        case = make_case(analyst, customer, return_needed=False)
        run(case, "generate", analyst)
        work_off(erp.ORDER)
        assert erp.sending(case.erp_key).on_its_way
        with pytest.raises(TransitionRefused):
            run(case, "generate", analyst)
        with clock.frozen(clock.now() + dt.timedelta(minutes=5)):
            work_off(erp.ORDER)
        case.refresh_from_db()
        assert case.status == "generated"
        assert len(orders(tiny)) == 1


@pytest.mark.django_db
def test_cancelled_while_away_the_order_is_withdrawn_when_it_arrives(tiny, analyst, admin, customer):
    case = make_case(analyst, customer, return_needed=False)
    run(case, "generate", analyst)
    # it was sent once without an answer, and all looks for it were in vain
    OutboxMessage.objects.filter(key=case.erp_key).update(attempts=1, doubts=1, looks=3)
    run(case, "cancel", admin, reason="gave up")
    work_off(erp.ORDER)
    work_off(erp.WITHDRAWAL)
    case = Warranty.objects.get(pk=case.pk)
    from farol.connectors.tiny import gateway

    assert case.status == "cancelled"
    assert gateway().get_order(case.erp_id).status == "cancelled"


@pytest.mark.django_db
def test_the_verifier_sees_what_differs_and_silence_in_words(tiny, analyst, verifier, customer, settings):
    case = make_case(analyst, customer, return_needed=False)
    run(case, "generate", analyst)
    work_off()
    case.refresh_from_db()
    case.lines.update(quantity=5)
    cache.clear()
    seen = comparison.section(case, verifier)
    assert [(row.label, row.ours, row.theirs) for row in seen["rows"] if not row.same] == [("ABC-1", "5", "1")]
    assert comparison.section(case, analyst) is None
    cache.clear()
    settings.FAROL_TINY_TOKEN = "wrong"
    assert comparison.section(case, verifier)["silence"]
