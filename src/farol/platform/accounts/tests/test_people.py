"""Administration: what acts at once, what is refused, and that nothing unlisted changes."""

from __future__ import annotations

import pytest
from django.forms.models import model_to_dict
from django.test import Client

from farol.core.errors import BadInput, NotFound, Refused
from farol.platform.accounts import people, roles, seed, tokens
from farol.platform.accounts.models import ApiToken, Role, User
from farol.platform.accounts.operator import acting
from farol.platform.accounts.principal import OPERATOR, principal_of
from farol.platform.accounts.rights import ROLES, rights_of
from farol.platform.audit.models import Entry

HEADERS = "Authorization"


@pytest.fixture
def admin(make) -> Client:
    client = Client()
    client.force_login(make("ti@example.com", "super_admin"))
    return client


def opens(token: str) -> int:
    return Client().get("/api/v1/openapi.json", headers={HEADERS: f"Bearer {token}"}).status_code


def test_seeded_roles_equal_the_table_and_repair_themselves(db):
    assert {r.slug: sorted(r.rights) for r in Role.objects.all()} == {slug: sorted(rights_of(slug)) for slug in ROLES}
    Role.objects.filter(slug="viewer").update(rights=["administration"])
    Role.objects.filter(slug="seller").delete()
    seed.seed_roles()
    assert Role.objects.get(slug="viewer").rights == rights_of("viewer")
    assert Role.objects.get(slug="seller").seeded


def test_adding_a_person_shows_one_link_that_works(admin):
    role = Role.objects.get(slug="finance")
    answer = admin.post("/administracao/pessoas/nova", {"email": "New@Example.com", "name": "Nova", "roles": [role.pk]})
    link = answer.context["link"]
    assert link in answer.content.decode()
    user = User.objects.get(email="new@example.com")
    assert principal_of(user).may("payables.pay")
    password = {"new_password": "outra senha boa 77", "again": "outra senha boa 77"}
    assert Client().post(link.removeprefix("http://127.0.0.1:8000"), password).status_code == 302
    again = admin.post("/administracao/pessoas/nova", {"email": "new@example.com", "name": "Nova"})
    assert "email" in again.context["form"].errors
    assert set(Entry.objects.filter(target=f"person:{user.pk}").values_list("code", flat=True)) == {
        "person.created", "person.invited", "person.password",
    }  # fmt: skip


def test_deactivation_ends_session_and_token_at_the_next_request(admin, make):
    user = make()
    client, token = Client(), tokens.create(OPERATOR, user, "t")[0]
    client.force_login(user)
    assert (client.get("/perfil").status_code, opens(token)) == (200, 200)
    admin.post(f"/administracao/pessoas/{user.pk}/desativar")
    assert (client.get("/perfil").status_code, opens(token)) == (302, 401)
    admin.post(f"/administracao/pessoas/{user.pk}/ativar")
    assert (client.get("/perfil").status_code, opens(token)) == (302, 401), "an old session or token came back"


def test_changed_roles_end_sessions_and_narrow_tokens(admin, make):
    user = make("ana@example.com", "manager")
    client = Client()
    client.force_login(user)
    clear, _row = tokens.create(OPERATOR, user, "t", ["audit.read"])
    assert tokens.principal_of_token(clear).may("audit.read")
    viewer = Role.objects.get(slug="viewer")
    admin.post(f"/administracao/pessoas/{user.pk}", {"name": "Ana", "roles": [viewer.pk]})
    assert client.get("/perfil").status_code == 302
    assert not tokens.principal_of_token(clear).may("audit.read")
    entry = Entry.objects.get(code="person.roles")
    assert entry.params == {"added": ["viewer"], "removed": ["manager"]}


def test_the_last_administrator_stays(admin):
    last = User.objects.get(email="ti@example.com")
    with pytest.raises(Refused):
        people.deactivate(OPERATOR, last)
    with pytest.raises(Refused):
        people.change_roles(OPERATOR, last, [])
    last.refresh_from_db()
    assert last.is_active
    assert last.roles.count() == 1
    page = admin.post(f"/administracao/pessoas/{last.pk}", {"name": "X"})
    assert page.status_code == 422
    assert User.objects.get(pk=last.pk).name != "X"
    assert admin.post(f"/administracao/pessoas/{last.pk}/desativar").status_code == 409


EVERYTHING = {
    "id": 1, "pk": 1, "password": "x", "is_active": "", "is_superuser": "1", "is_staff": "1", "last_login": "",
    "created_at": "2000-01-01", "email": "stolen@example.com", "user": 1, "user_id": 1, "seeded": "1", "slug": "owned",
    "digest": "0", "expires_at": "2099-01-01", "revoked_at": "", "rights": ["administration"], "roles": ["1"],
}  # fmt: skip


def everything(user: User) -> dict:
    return {**model_to_dict(user, exclude=["roles"]), "roles": sorted(user.roles.values_list("slug", flat=True))}


def changed(before: dict, after: dict) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_only_listed_fields_of_ones_own_profile_change(make):
    user = make()
    client = Client()
    client.force_login(user)
    before = everything(User.objects.get(pk=user.pk))
    client.post("/perfil", {**EVERYTHING, "name": "Other", "language": "en", "theme": "dark"})
    client.post("/tema", {**EVERYTHING, "theme": "light"})
    client.post("/idioma", {**EVERYTHING, "language": "pt-br"})
    assert changed(before, everything(User.objects.get(pk=user.pk))) == {"name", "language", "theme"}


def test_only_listed_fields_of_a_person_change(admin, make):
    user = make()
    before = everything(User.objects.get(pk=user.pk))
    viewer = Role.objects.get(slug="viewer")
    admin.post(f"/administracao/pessoas/{user.pk}", {**EVERYTHING, "name": "Other", "roles": [viewer.pk]})
    assert changed(before, everything(User.objects.get(pk=user.pk))) == {"name", "roles"}


def test_a_token_never_reaches_beyond_its_person(make):
    user = make("ana@example.com", "viewer")
    client = Client()
    client.force_login(user)
    answer = client.post("/perfil/tokens", {**EVERYTHING, "name": "t", "days": 10, "scopes": ["administration"]})
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()
    with pytest.raises(BadInput):
        tokens.create(OPERATOR, user, "t", ["administration"])
    answer = client.post("/perfil/tokens", {**EVERYTHING, "name": "t", "days": 10, "scopes": ["dashboard.payments"]})
    row = ApiToken.objects.get()
    assert (row.user, row.scopes, row.revoked_at) == (user, ["dashboard.payments"], None)
    assert tokens.digest(answer.context["made"]) == row.digest
    assert answer.context["made"] not in client.get("/perfil/tokens").content.decode()


def test_foreign_tokens_are_like_unknown_ones(make):
    mine, other = make(), make("bia@example.com")
    _clear, row = tokens.create(OPERATOR, other, "t")
    client = Client()
    client.force_login(mine)
    answers = [client.post(f"/perfil/tokens/{pk}/revogar") for pk in (row.pk, 987654)]
    assert {a.status_code for a in answers} == {404}
    bodies = {a.content.decode().partition("error-state")[2].partition("error-id")[0] for a in answers}
    assert len(bodies) == 1
    with pytest.raises(NotFound):
        tokens.revoke(OPERATOR, mine, row.pk)
    row.refresh_from_db()
    assert row.revoked_at is None


def test_own_roles_are_made_changed_and_deleted_and_seeded_ones_are_not(admin, make):
    answer = admin.post("/administracao/papeis/novo", {"name": "Auditor", "rights": ["audit.read"]})
    assert answer.status_code == 302
    role = Role.objects.get(slug="auditor")
    assert not role.seeded
    user = make()
    user.roles.set([role])
    assert principal_of(user).rights == {"audit.read"}
    admin.post("/administracao/papeis/auditor", {**EVERYTHING, "name": "Auditora", "rights": ["audit.read", "export"]})
    role.refresh_from_db()
    assert (role.slug, role.name, role.rights, role.seeded) == ("auditor", "Auditora", ["audit.read", "export"], False)
    assert admin.post("/administracao/papeis/auditor/excluir").status_code == 409
    user.roles.clear()
    assert admin.post("/administracao/papeis/auditor/excluir").status_code == 302
    assert admin.post("/administracao/papeis/viewer", {"name": "X"}).status_code == 404
    assert admin.post("/administracao/papeis/viewer/excluir").status_code == 409
    with pytest.raises(Refused):
        roles.change(OPERATOR, Role.objects.get(slug="viewer"), "x", [])


@pytest.mark.parametrize("query", ["", "?q=ana", "?role=manager", "?state=inactive", "?sort=-email"])
def test_the_list_of_people_answers(admin, make, query):
    make()
    assert admin.get(f"/administracao/pessoas{query}").status_code == 200


@pytest.mark.parametrize(
    "page", ["/perfil", "/perfil/senha", "/perfil/sessoes", "/perfil/tokens", "/administracao/papeis",
             "/administracao/papeis/novo", "/administracao/pessoas/nova", "/administracao/pessoas/1", "/auditoria"],
)  # fmt: skip
def test_every_page_draws(admin, page):
    pk = User.objects.get().pk
    assert admin.get(page.replace("/1", f"/{pk}")).status_code == 200


def test_acting(make):
    make()
    assert acting(None) is OPERATOR
    assert acting("ANA@example.com").may("audit.read")
    with pytest.raises(BadInput):
        acting("nobody@example.com")
