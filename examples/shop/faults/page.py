"""The fault panel's page: plain HTML with forms, no script."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from examples.shop.faults.fault import KINDS, PARTS
from examples.shop.messages import Json, Refused, Response, encode

_STYLE: Final = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid #8884; vertical-align: baseline; }
td form, h2 form { display: inline; margin: 0; }
tr.off { opacity: .6; }
fieldset { border: 1px solid #8884; border-radius: .4rem; display: grid; padding: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .75rem 1.25rem; }
label { display: block; } label small { display: block; opacity: .75; }
label:first-of-type { grid-column: span 2; }
input:not([type=checkbox]), select { width: 100%; box-sizing: border-box; font: inherit; padding: .3rem; }
button { font: inherit; padding: .25rem .8rem; }
.wrong { border-left: .25rem solid #c33; padding: .25rem .75rem; }
code { font-size: .9em; }
"""
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

# name, label, what to know about it, kind of the field
_FIELDS: Final = (
    ("seconds", "Seconds", "how slow, how late, how stale", 'inputmode="decimal" placeholder="as the kind needs"'),
    ("status", "Status", "for the kind status", 'inputmode="numeric" placeholder="503"'),
    ("field", "Field", "for wrong data: total, lines.0.sku", ""),
    ("value", "Value", "what it says there; JSON or text", ""),
    ("share", "Share", "0.25 is every fourth", 'inputmode="decimal" placeholder="1"'),
    ("count", "Count", "so many strikes and no more", 'inputmode="numeric" placeholder="no limit"'),
    ("for_seconds", "Lasts", "seconds until it turns itself off", 'inputmode="decimal" placeholder="no limit"'),
    ("key", "Key", "only for requests that carry this text", 'placeholder="everybody"'),
)


def html_page(
    faults: Sequence[Json], *, given: Mapping[str, str] | None = None, refusal: Refused | None = None
) -> Response:
    """The page; with `refusal`, what was filled in and what is wrong with it."""
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Faults – demo shop</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>Faults of the demo shop</h1>"
        "<p>Make a part of the shop misbehave, and see what your flows say about it.</p>"
        f"{_list(faults)}{_form(given or {}, refusal)}"
        "<p>Flows use the same over JSON: <code>PUT</code>, <code>GET</code> and <code>DELETE /faults/NAME</code>.</p>"
        "</main></body></html>"
    )
    status = HTTPStatus.OK if refusal is None else refusal.status
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Response(status, body.encode(), headers)


def _list(faults: Sequence[Json]) -> str:
    if not faults:
        return "<p>Nothing misbehaves.</p>"
    rows = "".join(_row(fault) for fault in faults)
    all_off = '<form method="post" action="/faults/off"><button>Turn all off</button></form>'
    return (
        "<table><thead><tr><th>Part</th><th>What it does</th><th>For whom</th><th>Limits</th><th>Struck</th><th></th>"
        f"</tr></thead><tbody>{rows}</tbody></table><p>{all_off}</p>"
    )


def _row(fault: Json) -> str:
    kind = fault["kind"].replace("_", " ")
    details = [
        f"{fault['seconds']:g} s" if "seconds" in fault else "",
        str(fault.get("status", "")),
        f"{fault['field']} = {encode(fault['value']).decode()}" if "field" in fault else "",
        "after the work is done" if "after" in fault else "",
    ]
    what = ", ".join(filter(None, [kind, *details]))
    limits = [
        f"{float(fault['share']) * 100:g} % of them" if fault["share"] != 1 else "",
        f"{fault['count']} times" if fault["count"] is not None else "",
        f"{fault['seconds_left']:.0f} s left" if fault["seconds_left"] is not None else "",
    ]
    state = "" if fault["on"] else " (over)"
    name = quote(fault["name"])  # letters, digits, dots and dashes: `quote` changes nothing, and `escape` neither
    off = (
        f'<form method="post" action="/faults/{name}/off"><button aria-label="Turn {name} off">Turn off</button></form>'
    )
    cells = (
        escape(fault["part"]),
        escape(what) + state,
        escape(fault["key"] or "everybody"),
        escape(", ".join(filter(None, limits)) or "none"),
        f"{fault['struck']} of {fault['met']}",
        off,
    )
    tag = "<tr>" if fault["on"] else '<tr class="off">'
    return tag + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _form(given: Mapping[str, str], refusal: Refused | None) -> str:
    groups = "".join(
        f'<optgroup label="{part}">'
        + "".join(_option(part, kind, given.get("fault", "orders/status")) for kind in kinds)
        + "</optgroup>"
        for part, kinds in PARTS.items()
    )
    given = {name: escape(text) for name, text in given.items()}
    empty = ""
    fields = "".join(
        f'<label>{label}<input name="{name}" value="{given.get(name, empty)}" {more}><small>{about}</small></label>'
        for name, label, about, more in _FIELDS
    )
    after = " checked" if "after" in given else ""
    return (
        f'<h2>Turn a fault on</h2>{_refused(refusal)}<form method="post" action="/faults"><fieldset>'
        f'<label>Fault<select name="fault">{groups}</select></label>{fields}'
        f'<label><input type="checkbox" name="after"{after}> After the work is done'
        "<small>slow, status, drop, reset: only the answer is spoiled</small></label>"
        "</fieldset><p><button>Turn on</button></p></form>"
    )


def _option(part: str, kind: str, chosen: str) -> str:
    value = f"{part}/{kind}"
    selected = " selected" if value == chosen else ""
    meaning = escape(KINDS[kind].replace("`", ""))
    return f'<option value="{value}"{selected}>{part}: {meaning}</option>'


def _refused(refusal: Refused | None) -> str:
    if refusal is None:
        return ""
    wrong = [f"{one['field']} {one['message']}." for one in refusal.more.get("errors", [])] or [refusal.detail]
    return '<div class="wrong" role="alert">' + "".join(f"<p>{escape(text)}</p>" for text in wrong) + "</div>"
