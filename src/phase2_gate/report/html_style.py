"""
The look of the HTML report: colours as tokens, light and dark, and the style sheet made of them.

Every pair of `PAIRS` has a contrast of at least 4.5 to 1 in both palettes (WCAG 2.2, 1.4.3); a test computes it.
"""

from __future__ import annotations

LIGHT = {
    "page": "#ffffff",
    "text": "#1a1d21",
    "muted": "#4b5563",
    "line": "#c4ccd4",
    "quote": "#f3f5f7",
    "link": "#0550ae",
    "pass": "#116329",
    "pass-page": "#dcf7e3",
    "fail": "#9b0f22",
    "fail-page": "#ffe9e7",
    "blocked": "#6b4300",
    "blocked-page": "#fff2cc",
    "idle": "#414a56",
    "idle-page": "#eaeef2",
}
"""Colours on a light screen, and on paper."""

DARK = {
    "page": "#10141a",
    "text": "#e6e9ed",
    "muted": "#a9b4c0",
    "line": "#3b444f",
    "quote": "#1a2029",
    "link": "#8ab9ff",
    "pass": "#86e5a8",
    "pass-page": "#10301c",
    "fail": "#ffb8b0",
    "fail-page": "#3c1214",
    "blocked": "#f2cf6b",
    "blocked-page": "#352903",
    "idle": "#b7c1cc",
    "idle-page": "#222a33",
}
"""Colours on a dark screen."""

PAIRS = (
    ("text", "page"),
    ("muted", "page"),
    ("link", "page"),
    ("text", "quote"),
    ("pass", "pass-page"),
    ("fail", "fail-page"),
    ("blocked", "blocked-page"),
    ("idle", "idle-page"),
)
"""Text and what it stands on."""

_RULES = """
*{box-sizing:border-box}
body{margin:0 auto;max-width:64rem;padding:1.5rem;background:var(--page);color:var(--text);
font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .5rem}
h2{font-size:1.2rem;margin:2rem 0 .6rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.4rem 0 .4rem}
p,ul,dl{margin:.5rem 0}
a{color:var(--link)}
a:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-100vw}
.skip:focus{position:static}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0}
table{border-collapse:collapse;width:100%}
caption{text-align:left;color:var(--muted);padding-bottom:.4rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line)}
th[scope=row]{font-weight:600;white-space:nowrap}
th code{white-space:normal}
td.number{font-variant-numeric:tabular-nums}
code,pre{font:.875rem/1.5 ui-monospace,monospace;background:var(--quote)}
code{padding:.05rem .25rem;border-radius:3px}
pre{padding:.75rem;border-radius:4px;white-space:pre-wrap;tab-size:8}
.state{display:inline-block;padding:.05rem .5rem;border-radius:3px;font-weight:700;white-space:nowrap}
.pass{color:var(--pass);background:var(--pass-page)}
.fail{color:var(--fail);background:var(--fail-page)}
.blocked{color:var(--blocked);background:var(--blocked-page)}
.idle{color:var(--idle);background:var(--idle-page)}
.muted,footer{color:var(--muted)}
summary{cursor:pointer;padding:.25rem 0}
footer{margin-top:2.5rem}
@media (max-width:40rem){
body{padding:.75rem}
th,td{padding-right:.4rem}
th[scope=row],.state{white-space:normal}
}
@media print{
body{max-width:none;padding:0;font-size:10pt}
nav,.skip{display:none}
tr,li{break-inside:avoid}
h2,h3{break-after:avoid}
.state{border:1px solid}
}
"""


def sheet() -> str:
    """
    The style sheet.
    """
    light = _tokens(LIGHT)
    return (
        f":root{{{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{_tokens(DARK)}}}}}\n"
        f"@media print{{:root{{{light}}}}}"
        f"{_RULES}"
    )


def _tokens(palette: dict[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in palette.items())
