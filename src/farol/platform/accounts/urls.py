"""Addresses of log-in, profile and people."""

from django.urls import include, path

from farol.platform.accounts.views import entrance, password, people, profile, roles

patterns = [
    path("entrar", entrance.enter, name="login"),
    path("sair", entrance.leave, name="logout"),
    path("idioma", entrance.language, name="language"),
    path("tema", entrance.theme, name="theme"),
    path("senha/esquecida", password.forgotten, name="forgotten"),
    path("senha/nova/<str:token>", password.set_by_link, name="set_password"),
    path("perfil", profile.profile, name="profile"),
    path("perfil/senha", profile.password, name="password"),
    path("perfil/sessoes", profile.own_sessions, name="sessions"),
    path("perfil/sessoes/encerrar", profile.end_other_sessions, name="end_other_sessions"),
    path("perfil/sessoes/<int:sign_in_id>/encerrar", profile.end_session, name="end_session"),
    path("perfil/tokens", profile.own_tokens, name="tokens"),
    path("perfil/tokens/<int:token_id>/revogar", profile.revoke_token, name="revoke_token"),
    path("administracao/pessoas", people.index, name="people"),
    path("administracao/pessoas/nova", people.new, name="person_new"),
    path("administracao/pessoas/<int:person_id>", people.person, name="person"),
    path("administracao/pessoas/<int:person_id>/desativar", people.deactivate, name="deactivate"),
    path("administracao/pessoas/<int:person_id>/ativar", people.activate, name="activate"),
    path("administracao/pessoas/<int:person_id>/convite", people.invite, name="invite"),
    path("administracao/pessoas/<int:person_id>/tokens/<int:token_id>/revogar", people.revoke_token, name="revoke_of"),
    path("administracao/papeis", roles.index, name="roles"),
    path("administracao/papeis/novo", roles.new, name="role_new"),
    path("administracao/papeis/<slug:slug>", roles.role, name="role"),
    path("administracao/papeis/<slug:slug>/excluir", roles.delete, name="role_delete"),
]
urlpatterns = [path("", include((patterns, "accounts")))]
