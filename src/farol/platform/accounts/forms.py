"""Forms about people. Every form lists its fields; nothing else of a request reaches a record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from farol.platform.accounts import roles as role_rules
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import Principal
from farol.platform.accounts.rights import CATALOGUE, OWN
from farol.platform.accounts.tokens import DEFAULT_DAYS, MAX_DAYS

LONGEST_PASSWORD = 1024


class Choices(forms.CheckboxSelectMultiple):
    """Check boxes below each other; the class of the control goes to each box and not to the whole."""

    template_name = "accounts/choices.html"


def password_field(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST_PASSWORD, widget=widget, help_text=help_text)


class LoginForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = password_field(_("Password"), "current-password")

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()


class ResetForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()


class NewPasswordForm(forms.Form):
    """Two equal passwords that the validators accept for `user`."""

    new_password = password_field(_("New password"), "new-password")
    again = password_field(_("New password, again"), "new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["new_password"].help_text = " ".join(str(text) for text in password_validators_help_texts())

    def clean_new_password(self) -> str:
        password = self.cleaned_data["new_password"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("new_password") and found.get("again") and found["new_password"] != found["again"]:
            self.add_error("again", _("The two passwords differ."))
        return found


class ChangePasswordForm(NewPasswordForm):
    current = password_field(_("Current password"), "current-password")
    field_order = ("current", "new_password", "again")


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name", "language", "theme")
        labels = {"name": _("Name"), "language": _("Language"), "theme": _("Theme")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = [("", _("As the browser")), *settings.LANGUAGES]
        themes = [("", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))]
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=languages, required=False)
        self.fields["theme"] = forms.ChoiceField(label=_("Theme"), choices=themes, required=False)


class RolesField(forms.ModelMultipleChoiceField):
    def __init__(self) -> None:
        super().__init__(
            Role.objects.order_by("-seeded", "id"),
            label=_("Roles"),
            widget=Choices,
            required=False,
        )

    def label_from_instance(self, role: Any) -> str:
        return role_rules.label(role)


class NewPersonForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=120)
    roles = RolesField()


class PersonForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    roles = RolesField()


class TokenForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What the token is for."))
    days = forms.IntegerField(label=_("Days until it ends"), min_value=1, max_value=MAX_DAYS, initial=DEFAULT_DAYS)
    scopes = forms.MultipleChoiceField(
        label=_("Rights"),
        widget=Choices,
        required=False,
        help_text=_("Without a choice the token has all your rights, also those you get later."),
    )

    def __init__(self, *args: Any, principal: Principal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = [p for p in CATALOGUE.values() if principal.may(p.name)]
        self.fields["scopes"].choices = [(p.name, p.label) for p in held]


class RoleForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    rights = forms.MultipleChoiceField(label=_("Rights"), widget=Choices, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = []
        for permission in CATALOGUE.values():
            choices.append((permission.name, permission.label))
            if permission.own_roles:
                choices.append((permission.name + OWN, _("%(right)s (own records only)") % {"right": permission.label}))
        self.fields["rights"].choices = choices

    def clean_rights(self) -> list[str]:
        rights = set(self.cleaned_data["rights"])
        both = [right for right in rights if right + OWN in rights]
        if both:
            raise ValidationError(_("Choose either all records or own records only, not both."))
        return sorted(rights)
