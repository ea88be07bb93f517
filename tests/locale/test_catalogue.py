"""Every text has its Portuguese, and the tool that keeps the catalogue does what it says."""

from __future__ import annotations

import pytest
from django.utils import translation
from tools import messages


def test_catalogue_is_complete_and_true():
    assert messages.faults() == []


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A product of two files with an empty catalogue."""
    source = tmp_path / "src/farol"
    folder = source / "locale/pt_BR/LC_MESSAGES"
    (source / "room/templates").mkdir(parents=True)
    (source / "room/texts.py").write_text(
        "from django.utils.translation import gettext_lazy as later\n"
        'd = later("Leave")\na = _("Save")\nb = ngettext("%(n)s row", "%(n)s rows", n)\nc = pgettext("month", "May")\n'
    )
    (source / "room/templates/page.html").write_text(
        "{% load i18n %}<p>{% translate 'Open' %}</p>\n"
        "   {% blocktranslate count n=rows trimmed %}\n      one {{ n }}\n   {% plural %}\n many {{ n }}"
        "{% endblocktranslate %}\n"
        '{% include "x.html" with label=_("Close") %}'
    )
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "SOURCE", source)
    monkeypatch.setattr(messages, "FOLDER", folder)
    monkeypatch.setattr(messages, "PO", folder / "django.po")
    monkeypatch.setattr(messages, "MO", folder / "django.mo")
    return source


def test_reads_python_and_templates(small):
    assert messages.missing() == {
        "Save": "",
        "Leave": "",
        "Open": "",
        "Close": "",
        "month\x04May": "",
        "%(n)s row": ["", ""],
        "one %(n)s": ["", ""],
    }


def test_fills_keeps_and_drops(small):
    assert messages.fill({"Save": "Salvar", "Open": "Abrir", "%(n)s row": ["%(n)s linha", "%(n)s linhas"]}) == []
    (small / "room/texts.py").write_text('a = _("Save")\n')
    messages.update()
    text = messages.PO.read_text()
    assert 'msgstr "Salvar"' in text
    assert "linha" not in text
    assert messages.missing().keys() == {"Close", "one %(n)s"}


@pytest.mark.parametrize(
    ("name", "string", "reason"),
    [
        ("Nothing of ours", "Nada", "no source asks for it"),
        ("%(n)s row", "linhas", "a plural takes a list"),
        ("%(n)s row", ["%(m)s linha", "%(m)s linhas"], "placeholders differ"),
        ("Save", "Salvar %s", "placeholders differ"),
        ("Save", "Salvar\n", "line break"),
    ],
)
def test_refuses_what_cannot_stand(small, name, string, reason):
    refused = messages.fill({name: string})
    assert len(refused) == 1
    assert reason in refused[0]


def test_check_finds_each_fault(small):
    messages.update()
    assert any("not translated" in fault for fault in messages.faults())
    every = {"Save": "S", "Leave": "L", "Open": "A", "Close": "F", "month\x04May": "maio"}
    plurals = {"%(n)s row": ["uma linha", "%(n)s linhas"], "one %(n)s": ["%(n)s", "%(n)s"]}
    assert messages.fill({**every, **plurals}) == []
    assert messages.faults() == []
    messages.PO.write_text(messages.PO.read_text().replace('"maio"', '"maio %s"'))
    assert any("placeholders" in fault for fault in messages.faults())


def test_compiles_without_gettext(small):
    messages.fill({"Save": "Salvar"})
    assert messages.compile_catalogue().read_bytes()[:4] in (b"\xde\x12\x04\x95", b"\x95\x04\x12\xde")


def test_english_stays_english():
    """Without an English catalogue the texts of the code stand; none falls back to Portuguese."""
    portuguese = {m.string for m in messages.messages(messages.stored()) if m.string and m.string != m.id}
    with translation.override("en"):
        for message in messages.messages(messages.stored()):
            if isinstance(message.id, str) and not message.context:
                assert translation.gettext(message.id) == message.id
    assert portuguese
