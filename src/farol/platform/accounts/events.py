"""What the audit records about people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [
    Event("login", _("Signed in"), _("Log-in")),
    Event("login.failed", _("A log-in failed for %(target)s"), _("Failed log-in")),
    Event(
        "login.throttled",
        _("Too many log-in attempts, refused before the password was read: %(target)s"),
        _("Throttled log-in"),
    ),
    Event("logout", _("Signed out"), _("Log-out")),
    Event("session.ended", _("Ended a session of %(target)s"), _("Session ended")),
    Event("sessions.ended", _("Ended %(count)s other sessions of %(target)s"), _("Sessions ended")),
    Event("person.created", _("Created %(target)s with the roles %(roles)s"), _("Person created")),
    Event("person.invited", _("Made a link for %(target)s to set a password"), _("Person invited")),
    Event("person.changed", _("Changed the data of %(target)s"), _("Person changed")),
    Event(
        "person.roles",
        _("Changed the roles of %(target)s: added %(added)s, removed %(removed)s"),
        _("Roles of a person"),
    ),
    Event("person.deactivated", _("Deactivated %(target)s"), _("Person deactivated")),
    Event("person.activated", _("Activated %(target)s"), _("Person activated")),
    Event("person.password", _("Set a new password for %(target)s"), _("Password set")),
    Event("password.reset_sent", _("A link for a new password was sent to %(target)s"), _("Password reset")),
    Event("token.created", _("Created token %(token)s of %(target)s for %(days)s days"), _("Token created")),
    Event("token.revoked", _("Revoked token %(token)s of %(target)s"), _("Token revoked")),
    Event("role.created", _("Created the role %(target)s with the rights %(rights)s"), _("Role created")),
    Event("role.changed", _("Changed the role %(target)s: added %(added)s, removed %(removed)s"), _("Role changed")),
    Event("role.deleted", _("Deleted the role %(target)s"), _("Role deleted")),
]
