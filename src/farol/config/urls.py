"""All addresses: each room's own `urls.py`, collected."""

from farol.platform.apps import collect

urlpatterns = list(collect("urls", "urlpatterns"))
handler400 = "farol.platform.web.errors.bad_request"
handler403 = "farol.platform.web.errors.forbidden"
handler404 = "farol.platform.web.errors.not_found"
handler500 = "farol.platform.web.errors.server_error"
