"""The work lists, and a task for Kommo by one click: once, by those who may, for leads that they see."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from farol.areas.crm import kommo_hooks
from farol.areas.crm.models import LeadTask
from farol.areas.crm.tests.company import ROWS, changed, company, published  # noqa: F401 - a fixture
from farol.areas.crm.worklists import leads
from farol.engines.sources.models import PersonLink
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import OPERATOR
from farol.platform.audit.models import Entry
from farol.platform.outbox.models import OutboxMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
LISTS = "/analises/comercial/agir"


@pytest.fixture(autouse=True)
def kommo(settings):
    settings.FAROL_KOMMO_URL, settings.FAROL_KOMMO_TOKEN = "https://loja.example", "simulador"


def person(email: str, role: str = "manager", seller: str = "") -> Client:
    user = User.objects.create_user(email, "uma senha comprida 9")
    user.roles.set([Role.objects.get(slug=role)])
    if seller:
        PersonLink.objects.create(user=user, source="kommo", external_id=seller)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return client


def test_leads_without_contact_are_stale_and_closed_ones_never():
    found = {row.lead_id: row for row in leads.stale(OPERATOR, "14")}
    assert found["nobody"].days == 80
    assert "created-won" not in found
    assert all(row.days >= 14 for row in found.values())
    assert {row.lead_id for row in leads.stale(OPERATOR, "60")} < set(found)
    assert leads.counts(OPERATOR)[0] == len(found)


def test_the_usual_time_of_a_stage_may_be_the_rule():
    assert leads.stale(OPERATOR, "stage")


def test_unanswered_are_those_without_response_and_those_whose_customer_wrote_last():
    found = {row.lead_id for row in leads.unanswered(OPERATOR)}
    assert {"nobody", "by-contact"} <= found
    assert not {"slow-answer", "friday-night"} & found
    assert leads.counts(OPERATOR)[1] == len(found)


def test_a_list_is_searched_narrowed_and_exported():
    client = person("gil@example.com")
    found = client.get(f"{LISTS}/parados", {"q": "robot"}).content.decode()
    assert "/leads/default/robot" in found
    assert "/leads/default/nobody" not in found
    assert client.get(f"{LISTS}/parados", {"parado": "60", "sort": "value"}).status_code == 200
    assert client.get(f"{LISTS}/parados", {"parado": "1 OR 1=1"}).status_code == 400
    lines = b"".join(client.get(f"{LISTS}/sem-resposta", {"export": "csv"}).streaming_content).decode()
    assert len(lines.splitlines()) == 1 + len(leads.unanswered(OPERATOR))


def test_one_click_twice_is_one_task():
    client = person("gil@example.com")
    answers = [client.post(f"{LISTS}/tarefa", {"only": "default:nobody"}) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [302, 409]
    (task,) = LeadTask.objects.all()
    assert (task.lead_id, task.state, task.made_by.email) == ("nobody", "queued", "gil@example.com")
    assert OutboxMessage.objects.filter(channel="kommo.task").count() == 1
    assert Entry.objects.filter(code="crm.task_asked").count() == 1


def test_what_became_of_it_is_told_and_a_failed_one_may_be_asked_again():
    client = person("gil@example.com")
    client.post(f"{LISTS}/tarefa", {"only": "default:nobody"})
    task = LeadTask.objects.get()
    payload = {"record": f"crm.task:{task.pk}"}
    ((_channel, arrived, told),) = kommo_hooks.HOOKS
    told(payload, "failed", "no")
    assert client.post(f"{LISTS}/tarefa", {"only": "default:nobody"}).status_code == 302
    second = LeadTask.objects.exclude(pk=task.pk).get()
    arrived({"record": f"crm.task:{second.pk}"}, {"id": 77})
    second.refresh_from_db()
    assert (second.state, second.external_id) == ("done", "77")
    assert client.post(f"{LISTS}/tarefa", {"only": "default:nobody"}).status_code == 409  # delivered between two clicks
    assert LeadTask.objects.count() == 2


def test_the_lead_says_why_its_task_is_not_in_kommo():
    client = person("gil@example.com")
    client.post(f"{LISTS}/tarefa", {"only": "default:nobody"})
    OutboxMessage.objects.update(error="Kommo does not answer.")
    address = reverse("crm:lead", args=["default", "nobody"])
    assert "Kommo does not answer." in client.get(address).content.decode()
    LeadTask.objects.update(state="done")
    assert "Kommo does not answer." not in client.get(address).content.decode()


def test_a_seller_may_for_own_leads_only():
    client = person("carla@example.com", "seller", "103")
    assert client.post(f"{LISTS}/tarefa", {"only": "default:changed-hands"}).status_code == 302
    assert client.post(f"{LISTS}/tarefa", {"only": "default:nobody"}).status_code == 404
    assert LeadTask.objects.count() == 1


def test_who_only_looks_is_offered_nothing_and_refused():
    client = person("vera@example.com", "viewer")
    page = client.get(f"{LISTS}/parados").content.decode()
    assert "/agir/tarefa" not in page
    assert client.post(f"{LISTS}/tarefa", {"only": "default:nobody"}).status_code == 403
    assert not LeadTask.objects.exists()


def test_ticked_leads_together_say_what_was_refused():
    client = person("gil@example.com")
    client.post(f"{LISTS}/tarefa", {"only": "default:nobody"})
    page = client.post(f"{LISTS}/parados/tarefas", {"selected": ["default:nobody", "default:robot", "default:no-such"]})
    assert page.status_code == 200
    assert sorted(LeadTask.objects.values_list("lead_id", flat=True)) == ["nobody", "robot"]
    every = client.post(f"{LISTS}/parados/tarefas", {"all": "1", "address": "parado=60"})
    assert every.status_code == 200
    assert LeadTask.objects.count() == len({"nobody", "robot"} | {r.lead_id for r in leads.stale(OPERATOR, "60")})


def test_leads_of_files_have_no_task():
    rows = changed(lead=lambda rows: [*rows, {**rows[0], "connection_id": "csv", "id": "of-a-file", "status": "open"}])
    rows["lead"][-1] |= {"status_id": "11", "closed_at": None}
    published(rows)
    client = person("gil@example.com")
    assert client.post(f"{LISTS}/tarefa", {"only": "csv:of-a-file"}).status_code in (404, 409, 422)
    assert not LeadTask.objects.exists()
