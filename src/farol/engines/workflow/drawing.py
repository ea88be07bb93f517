"""The table of a flow as a page: what the documentation shows is drawn from what runs."""

from __future__ import annotations

from farol.engines.workflow.flow import Flow


def diagram(flow: Flow) -> str:
    """Mermaid text of the states and transitions."""
    lines = ["stateDiagram-v2", f"    [*] --> {flow.initial}"]
    for t in flow.transitions:
        for source in t.sources:
            lines.append(f"    {source} --> {t.target or source}: {t.name}")
    lines += [f"    {state.name} --> [*]" for state in flow.states if state.final]
    return "\n".join(lines)


def page(flow: Flow) -> str:
    """Markdown: the diagram, then the table of actions with who may do them."""
    rows = [
        f"| `{t.name}` | {t.label} | {', '.join(t.sources)} | {t.target or '—'} "
        f"| {'—' if t.system else '`' + t.permission + '`'} | {'yes' if t.reason else ''} |"
        for t in flow.transitions
    ]
    head = ["| action | label | from | to | right | reason |", "|---|---|---|---|---|---|"]
    return "\n".join([f"# {flow.label}", "", "```mermaid", diagram(flow), "```", "", *head, *rows, ""])
