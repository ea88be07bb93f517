"""Store credit from its issue to its end."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from farol.areas.aftersales.vouchers import jobs, services, standing, statement
from farol.areas.aftersales.vouchers.models import Redemption, Voucher
from farol.core import clock
from farol.core.errors import BadInput, NotAllowed, NotFound, Refused
from farol.engines import ledger, workflow
from farol.engines.ledger import closings
from farol.engines.ledger.models import Hold
from farol.engines.ledger.proof import prove
from farol.platform.accounts.principal import SYSTEM
from farol.platform.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def books_add_up():
    yield
    assert prove().ok


class Run:
    """A job's run without a scheduler."""

    def progress(self, *_args):
        pass

    def check(self):
        pass


def money(voucher):
    account = ledger.account(voucher.account.key)
    return str(account.balance), str(account.held)


def later(days):
    return clock.frozen(clock.now() + dt.timedelta(days=days))


def test_an_issued_voucher_holds_its_amount(issue):
    voucher = issue("500.00")
    assert voucher.number.startswith("VC-")
    assert money(voucher) == ("500.00", "0.00")
    assert standing.standing(voucher).name == "open"
    assert len(voucher.code) == 14


@pytest.mark.parametrize("days", [-1, 366 * 25])
def test_an_impossible_last_day_is_refused(issue, days):
    with pytest.raises(BadInput):
        issue(days=days)


def test_approval_turns_the_hold_into_use(issue, ask, who):
    voucher = issue("500.00")
    use = ask(voucher, "120.00")
    assert money(voucher) == ("500.00", "120.00")
    workflow.run(use, "approve", who("finance"), reason="ok")
    assert use.status == "approved"
    assert money(voucher) == ("380.00", "0.00")


def test_refusal_frees_the_hold(issue, ask, who):
    voucher = issue("500.00")
    use = ask(voucher, "120.00")
    with pytest.raises(BadInput):
        workflow.run(use, "refuse", who("finance"))
    workflow.run(use, "refuse", who("finance"), reason="wrong order")
    assert money(voucher) == ("500.00", "0.00")


def test_requests_together_never_exceed_the_balance(issue, ask):
    voucher = issue("100.00")
    ask(voucher, "60.00")
    with pytest.raises(ledger.NotEnough, match=r"40,00|40\.00"):
        ask(voucher, "40.01")
    ask(voucher, "40.00")
    assert Redemption.objects.count() == Hold.objects.count() == 2


@pytest.mark.parametrize("action", ["approve", "refuse"])
@pytest.mark.parametrize("role", ["finance", "super_admin"])
def test_whoever_asked_does_not_decide(issue, who, role, action):
    values = {"voucher": issue(), "amount": Decimal("1.00"), "order": "1"}
    use = services.request_use(who(role), values)
    with pytest.raises(Refused, match=r"yourself|você"):
        workflow.run(use, action, who(role), reason="x")
    workflow.run(use, action, who("finance", "another"), reason="x")


def test_whoever_asked_does_not_reverse(issue, who):
    voucher = issue()
    use = services.request_use(who("super_admin"), {"voucher": voucher, "amount": Decimal("9.00"), "order": "1"})
    workflow.run(use, "approve", who("finance"))
    with pytest.raises(Refused):
        workflow.run(use, "reverse", who("super_admin"), reason="x")
    workflow.run(use, "reverse", who("finance"), reason="wrong customer")
    assert use.status == "reversed"
    assert money(voucher) == ("500.00", "0.00")
    with pytest.raises(Refused):
        workflow.run(use, "reverse", who("finance"), reason="again")


def test_others_have_no_right(issue, ask, who):
    use = ask(issue())
    for role in ("cs_admin", "cs_analyst", "verifier", "manager", "seller"):
        with pytest.raises(NotAllowed):
            workflow.run(use, "approve", who(role))
    with pytest.raises(NotAllowed):
        services.issue(who("seller"), {})
    with pytest.raises(NotAllowed):
        services.request_use(who("verifier"), {})
    with pytest.raises(NotAllowed):
        workflow.run(use, "expire", who("super_admin"))


def test_sellers_know_of_their_own_requests_only(issue, ask, who):
    from farol.engines.workflow.module import get_module

    use = ask(issue(), name="vera")
    module = get_module("redemptions")
    assert module.get(use.number, who("seller", "vera")) == use
    with pytest.raises(NotFound):
        module.get(use.number, who("seller", "walter"))
    assert get_module("vouchers").rows(who("seller", "walter")).count() == 1


def test_cancelling_takes_the_rest_and_closes_the_account(issue, ask, who):
    voucher = issue("500.00")
    first, second = ask(voucher, "100.00"), ask(voucher, "50.00")
    workflow.run(first, "approve", who("finance"))
    with pytest.raises(Refused, match=r"pending|pendente"):
        workflow.run(voucher, "cancel", who("cs_admin"), reason="fraud")
    workflow.run(second, "refuse", who("finance"), reason="x")
    workflow.run(voucher, "cancel", who("cs_admin"), reason="fraud")
    assert money(voucher) == ("0.00", "0.00")
    assert standing.standing(voucher).name == "cancelled"
    assert str(ledger.balance("company:voucher_cancelled")) == "400.00"
    with pytest.raises(Refused):
        ask(voucher, "1.00")
    with pytest.raises(Refused):
        workflow.run(first, "reverse", who("finance"), reason="too late")
    with pytest.raises(Refused):
        workflow.run(voucher, "extend", who("cs_admin"), reason="x", data={"expires_on": dt.date(2030, 1, 1)})


def test_a_stale_view_of_the_voucher_changes_nothing(issue, ask, who):
    """Somebody cancels between reading the voucher and asking for its use: the closed account decides."""
    voucher = issue("500.00")
    stale = Voucher.objects.select_related("account").get(pk=voucher.pk)
    workflow.run(voucher, "cancel", who("cs_admin"), reason="x")
    values = {"voucher": stale, "amount": Decimal("1.00"), "order": "1"}
    with pytest.raises(Refused):
        services.request_use(who("seller"), values)
    assert not Redemption.objects.exists()


def test_extending_gives_a_later_day(issue, who):
    voucher = issue(days=5)
    day = voucher.expires_on
    for wrong in (None, "2031-01-01", day, day - dt.timedelta(days=1), dt.date(9999, 1, 1)):
        with pytest.raises(BadInput):
            workflow.run(voucher, "extend", who("finance"), reason="x", data={"expires_on": wrong})
    workflow.run(voucher, "extend", who("finance"), reason="x", data={"expires_on": day + dt.timedelta(days=9)})
    assert voucher.expires_on == day + dt.timedelta(days=9)


def test_expiry_ends_pending_requests_and_gives_the_rest_back(issue, ask, who):
    voucher, other = issue("500.00", days=3), issue("10.00", days=4)
    approved, pending = ask(voucher, "100.00"), ask(voucher, "50.00")
    workflow.run(approved, "approve", who("finance"))
    with later(3):
        jobs.expire_due(Run())
        assert money(voucher) == ("400.00", "50.00")
    with later(4):
        with pytest.raises(Refused):
            workflow.run(pending, "approve", who("finance"))
        with pytest.raises(Refused):
            ask(voucher, "1.00")
        jobs.expire_due(Run())
        jobs.expire_due(Run())
        pending.refresh_from_db()
        voucher.refresh_from_db()
        assert (pending.status, voucher.status) == ("expired", "expired")
        assert money(voucher) == ("0.00", "0.00")
        assert money(other) == ("10.00", "0.00")
        assert str(ledger.balance("company:voucher_expired")) == "400.00"
        with pytest.raises(Refused):
            workflow.run(approved, "reverse", who("finance"), reason="x")
    assert Notification.objects.filter(code="redemptions.expired", person__name="seller").count() == 1


def test_warnings_come_once_per_threshold(issue, person):
    voucher = issue(days=40)

    def warned():
        jobs.warn(Run())
        return Notification.objects.filter(code="vouchers.expiring").count()

    assert warned() == 0
    for days, told in ((9, 0), (10, 1), (11, 1), (33, 2), (34, 2), (39, 3), (40, 3), (41, 3)):
        with later(days):
            assert warned() == told, days
    note = Notification.objects.filter(code="vouchers.expiring").first()
    assert voucher.number in str(note)
    assert note.person == person("cs_admin")


def test_people_are_told(issue, ask, who, person):
    other = person("finance")
    voucher = issue()
    use = ask(voucher, "100.00", order="7788")
    told = Notification.objects.filter(code="redemptions.requested")
    assert other in [note.person for note in told]
    assert "7788" in str(told[0])
    assert "R$" in str(told[0])
    workflow.run(use, "approve", who("finance"))
    assert Notification.objects.get(code="redemptions.approved", person=person("seller")).record == use.reference


def test_a_case_of_origin_bears_the_cost_once(issue, ask, who):
    voucher = issue("500.00", origin="warranties:17")
    costs = lambda: {name: str(amount) for name, _label, amount in ledger.result("warranties:17").lines}  # noqa: E731
    assert costs() == {"voucher_issued": "500.00"}
    use = ask(voucher, "120.00")
    workflow.run(use, "approve", who("finance"))
    assert costs() == {"voucher_issued": "380.00", "voucher_used": "120.00"}
    assert str(ledger.result("warranties:17").total) == "500.00"
    workflow.run(use, "reverse", who("finance"), reason="x")
    assert costs() == {"voucher_issued": "500.00"}
    workflow.run(voucher, "cancel", who("finance"), reason="x")
    assert costs() == {}


def test_the_statement_runs_with_the_balance(issue, ask, who):
    voucher = issue("500.00")
    use, waiting = ask(voucher, "120.00"), ask(voucher, "30.00")
    workflow.run(use, "approve", who("finance"))
    workflow.run(use, "reverse", who("finance"), reason="wrong order")
    voucher = Voucher.objects.select_related("account").get(pk=voucher.pk)
    uses = list(Redemption.objects.filter(voucher=voucher))
    lines = statement.movements(voucher, uses)
    assert [(str(n.amount), str(n.balance)) for n in lines] == [
        ("500.00", "500.00"),
        ("-120.00", "380.00"),
        ("120.00", "500.00"),
    ]
    assert [n.use for n in lines] == ["", use.number, use.number]
    seen = statement.section(voucher, who("seller", "walter"))["movements"]
    assert [n.use for n in seen] == ["", "", ""]
    pending = statement.section(voucher, who("finance"))["pending"]
    assert [use for use, _url in pending] == [waiting]
    assert statement.section(voucher, who("seller", "walter"))["pending"] == []


@pytest.mark.parametrize("day", [-1, 0, 1])
def test_python_and_database_agree_on_the_standing(issue, ask, who, day):
    vouchers = [issue("100.00", days=days) for days in (0, 1, 30) for _copy in range(5)]
    for at, voucher in enumerate(vouchers):
        if at % 5 == 1:
            ask(voucher, "10.00")
        if at % 5 in (2, 3):
            workflow.run(ask(voucher, "100.00" if at % 5 == 2 else "99.99"), "approve", who("finance"))
        if at % 5 == 4:
            workflow.run(voucher, "cancel", who("cs_admin"), reason="x")
    today = clock.today() + dt.timedelta(days=day)
    rows = standing.annotated(Voucher.objects.select_related("account"), today)
    found = {v.number: (v.standing, standing.standing(v, today).name) for v in rows}
    assert all(database == python for database, python in found.values()), found
    assert {name for name, _twin in found.values()} >= {"open", "approval_pending", "used", "partly_used", "cancelled"}
    for state in standing.STATES:
        assert standing.narrow(Voucher.objects.all(), state.name).count() == sum(
            standing.standing(v).name == state.name for v in Voucher.objects.select_related("account")
        )


def test_a_closed_month_takes_no_back_dated_voucher(issue, who):
    first = (clock.today().replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    back_dated = issue("5.00", issued_on=first)
    assert back_dated.issued_on == first
    closings.close(first, who("finance"))
    before = Voucher.objects.count()
    with pytest.raises(ledger.MonthClosed):
        issue("5.00", issued_on=first)
    assert Voucher.objects.count() == before


def test_nothing_moves_while_the_month_of_today_is_closed(issue, ask, who):
    """The clock was set back into a closed month: every step that posts is refused and leaves everything as it was."""
    voucher = issue("100.00", days=100)
    use, done = ask(voucher, "10.00"), ask(voucher, "20.00")
    workflow.run(done, "approve", who("finance"))
    today = clock.today()
    this = today.replace(day=1)
    with clock.frozen(dt.datetime(this.year + 1, 1, 15, 15, tzinfo=dt.UTC)):
        closings.close(this, who("finance"))
    for record, action in ((use, "approve"), (done, "reverse")):
        with pytest.raises(ledger.MonthClosed):
            workflow.run(record, action, who("finance"), reason="x")
    workflow.run(use, "refuse", who("finance"), reason="no posting, so it may")
    with pytest.raises(ledger.MonthClosed):
        workflow.run(voucher, "cancel", who("finance"), reason="x")
    with pytest.raises(ledger.MonthClosed):
        issue("5.00")
    assert money(voucher) == ("80.00", "0.00")


def test_the_system_alone_expires(issue):
    voucher = issue(days=1)
    with pytest.raises(Refused):
        workflow.run(voucher, "expire", SYSTEM)


def test_scrap_of_a_voucher_costs_its_origin_and_leaves_the_balance_alone(issue, customer, who):
    voucher = issue("500.00", origin="warranties:17")
    data = {"sku": "FAR-020", "cost": "80.00", "cause": "burnt"}
    workflow.run(voucher, "add_scrap", who("cs_admin"), data=data)
    assert money(voucher) == ("500.00", "0.00")
    assert {name: amount for name, _label, amount in ledger.result("warranties:17").lines} == {
        "voucher_issued": Decimal("500.00"),
        "scrap": Decimal("80.00"),
    }
    [(posting, _case, _cost)] = ledger.scrapped(voucher.reference)
    workflow.run(voucher, "add_scrap", who("finance"), data={"takes_back": posting.number, "cause": "typo"})
    assert ledger.result("warranties:17").total == Decimal("500.00")
