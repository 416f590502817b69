"""An evaluation as JSON and as one HTML page that needs nothing else; computes no score."""

from collections.abc import Mapping
from html import escape

from nlu.evaluate import Confusion, Report, Scores

SHARES = (
    "intent_accuracy",
    "top3_accuracy",
    "entity_precision",
    "entity_recall",
    "entity_f1",
    "emergency_recall",
    "emergency_false_alarms",
    "out_of_scope_recall",
)
_TITLES = {
    "intent_accuracy": "Intent",
    "top3_accuracy": "Among three",
    "entity_precision": "Entity precision",
    "entity_recall": "Entity recall",
    "entity_f1": "Entity F1",
    "emergency_recall": "Emergencies seen",
    "emergency_false_alarms": "False alarms",
    "out_of_scope_recall": "Out of scope",
}
_LOW_IS_GOOD = frozenset({"emergency_false_alarms"})

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2733; --soft: #5d6b7a; --line: #d9e0e7; --paper: #f6f8fa; --card: #fff; --bar: #2a7f9e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6ebf0; --soft: #9aa8b5; --line: #2f3a45; --paper: #12181e; --card: #1a222a; --bar: #4fb0d0; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 2.5rem 1.25rem 4rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 76rem; margin: 0 auto; }
h1 { margin: 0 0 .25rem; font-size: 1.7rem; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.15rem; }
p { margin: 0 0 1.5rem; color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; }
.tile, .sheet { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: .9rem 1rem; }
.tile b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: .85rem; }
.sheet { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .55rem .8rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; vertical-align: top; }
tr:last-child > * { border-bottom: 0; }
th { color: var(--soft); font-size: .8rem; font-weight: 600; }
th:first-child, td.word { text-align: left; }
td.lines { text-align: left; white-space: normal; color: var(--soft); min-width: 18rem; }
td.lines bdi { display: block; }
meter { width: 4rem; height: .55rem; margin-right: .4rem; accent-color: var(--bar); }
tr.all { font-weight: 650; }
"""


def _scores_json(scores: Scores) -> dict[str, object]:
    return {
        **{name: getattr(scores, name) for name in SHARES},
        "confusions": [
            {"expected": c.expected.value, "got": c.got.value, "count": c.count} for c in scores.confusions
        ],
        "lines": scores.lines,
        "sources": dict(scores.sources),
    }


def to_json(report: Report) -> dict[str, object]:
    """Plain values for `json.dumps`; shares are rounded to four places, null where no line asks for them."""
    return {
        "languages": {language: _scores_json(scores) for language, scores in report.languages.items()},
        "overall": _scores_json(report.overall),
    }


def accepted(report: Report) -> dict[str, dict[str, float | None]]:
    """The shares of every language alone: what a later model is held to."""
    return {
        language: {name: getattr(scores, name) for name in SHARES}
        for language, scores in sorted(report.languages.items())
    }


def fallen(
    report: Report, accepted_before: Mapping[str, Mapping[str, float | None]], tolerance: float
) -> list[str]:
    """Every share that is worse than the accepted one by more than `tolerance`, as `language share: was, is`."""
    found = []
    for language, shares in accepted(report).items():
        for name, now in shares.items():
            was = accepted_before.get(language, {}).get(name)
            if was is None or now is None:
                continue
            worse = now - was if name in _LOW_IS_GOOD else was - now
            if worse > tolerance:
                found.append(f"{language} {name}: was {was}, is {now}")
    return found


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return "<td>–</td>"
    good = 1 - value if name in _LOW_IS_GOOD else value
    return f'<td><meter min="0" max="1" value="{good:.4f}"></meter>{_percent(value)}</td>'


def _line(title: str, scores: Scores, css: str = "") -> str:
    cells = "".join(_cell(name, getattr(scores, name)) for name in SHARES)
    return f'<tr class="{css}"><td class="word">{escape(title)}</td><td>{scores.lines}</td>{cells}</tr>'


def _confusion(language: str, confusion: Confusion) -> str:
    examples = "".join(f'<bdi dir="auto">{escape(text)}</bdi>' for text in confusion.examples)
    words = (language, confusion.expected.value, confusion.got.value)
    return "".join(
        (
            "<tr>",
            *(f'<td class="word">{escape(word)}</td>' for word in words),
            f'<td>{confusion.count}</td><td class="lines">{examples}</td></tr>',
        )
    )


def _tiles(scores: Scores) -> str:
    return "".join(
        f'<div class="tile"><b>{_percent(getattr(scores, name))}</b><span>{_TITLES[name]}</span></div>'
        for name in SHARES
    )


def report_html(report: Report) -> str:
    """The page; a meter is full when the figure is as good as can be."""
    languages = "".join(_line(language, scores) for language, scores in report.languages.items())
    heads = "".join(f"<th>{_TITLES[name]}</th>" for name in SHARES)
    confusions = "".join(
        _confusion(language, confusion)
        for language, scores in report.languages.items()
        for confusion in scores.confusions
    )
    sources = ", ".join(f"{count} by {source}" for source, count in report.overall.sources.items())
    nothing = '<tr><td class="word">No line was misunderstood.</td></tr>'
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lotse: how well messages are understood</title><style>{_STYLE}</style></head>
<body><main>
<h1>How well messages are understood</h1>
<p>{report.overall.lines} lines in {len(report.languages)} languages: {escape(sources)}. A message the bot asks back about counts as out of scope.</p>
<div class="tiles">{_tiles(report.overall)}</div>
<h2>By language</h2>
<div class="sheet"><table><thead><tr><th>Language</th><th>Lines</th>{heads}</tr></thead>
<tbody>{languages}{_line("all", report.overall, "all")}</tbody></table></div>
<h2>What was taken for what</h2>
<div class="sheet"><table><thead><tr><th>Language</th><th>Meant</th><th>Understood</th><th>Lines</th><th>For instance</th></tr></thead>
<tbody>{confusions or nothing}</tbody></table></div>
</main></body>
</html>
"""
