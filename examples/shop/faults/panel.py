"""The fault panel over HTTP: JSON for flows and tests, a page with forms for people."""

import re
import secrets
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

import simplejson

from examples.shop.faults import fault as faults_language
from examples.shop.faults.board import Faults
from examples.shop.faults.fault import KINDS, PARTS
from examples.shop.faults.page import html_page
from examples.shop.messages import Json, Refused, Request, Response, answer, no_content
from examples.shop.router import Route

_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NUMBERS: Final = ("seconds", "status", "share", "count", "for_seconds")


class Panel:
    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/faults", self.browse, "what misbehaves now, and what could; a page for browsers"),
            Route("POST", "/faults", self.add, "part, kind, … → a fault with a name of its own; a form or JSON"),
            Route("DELETE", "/faults", self.clear, "turns all off, or those of ?key="),
            Route("GET", "/faults/{name}", self.show, "one fault: met so often, struck so often"),
            Route("PUT", "/faults/{name}", self.put, "turns it on, from zero"),
            Route("DELETE", "/faults/{name}", self.remove, "turns it off"),
            Route("POST", "/faults/off", self.clear_from_page, "turns all off, from the page"),
            Route("POST", "/faults/{name}/off", self.remove_from_page, "turns it off, from the page"),
        ]

    def browse(self, request: Request) -> Response:
        if _wants_page(request):
            return html_page(self._faults.all())
        return answer({"faults": self._faults.all(), "parts": PARTS, "kinds": KINDS})

    def show(self, request: Request) -> Response:
        shown = self._faults.shown(request.params["name"])
        if shown is None:
            raise _unknown(request)
        return answer(shown)

    def put(self, request: Request) -> Response:
        name = request.params["name"]
        if not _NAME.fullmatch(name):
            raise Refused(HTTPStatus.BAD_REQUEST, "A fault's name has 1 to 64 letters, digits, dots, dashes or _.")
        is_new = self._faults.put(name, faults_language.read(request.json()))
        return answer(self._faults.shown(name), HTTPStatus.CREATED if is_new else HTTPStatus.OK)

    def add(self, request: Request) -> Response:
        _refuse_other_sites(request)
        is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        if not is_form:
            name = self._new_name(request.json())
            return answer(self._faults.shown(name), HTTPStatus.CREATED, {"Location": f"/faults/{name}"})
        given = dict(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True))
        try:
            self._new_name(_from_form(given))
        except Refused as refusal:
            return html_page(self._faults.all(), given=given, refusal=refusal)
        return _back()

    def clear(self, request: Request) -> Response:
        return answer({"removed": self._faults.clear(request.query.get("key"))})

    def remove(self, request: Request) -> Response:
        if not self._faults.remove(request.params["name"]):
            raise _unknown(request)
        return no_content()

    def clear_from_page(self, request: Request) -> Response:
        _refuse_other_sites(request)
        self._faults.clear()
        return _back()

    def remove_from_page(self, request: Request) -> Response:
        _refuse_other_sites(request)
        self._faults.remove(request.params["name"])  # if it is gone already, all the better
        return _back()

    def _new_name(self, values: Json) -> str:
        fault = faults_language.read(values)
        name = f"{fault.part}-{fault.kind}-{secrets.token_hex(3)}"
        self._faults.put(name, fault)
        return name


def _wants_page(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "text/html" in accepted and "application/json" not in accepted.partition("text/html")[0]


def _from_form(given: dict[str, str]) -> Json:
    """The JSON that a filled form means. What does not read as a number stays text, and is refused as such."""
    part, _, kind = given.get("fault", "").partition("/")
    values: Json = {"part": part, "kind": kind}
    for name, text in given.items():
        if name == "fault" or not text.strip():
            continue
        values[name] = _read(text) if name in {*_NUMBERS, "value"} else text.strip()
    values["after"] = "after" in given
    return values


def _read(text: str) -> object:
    try:
        value: object = simplejson.loads(text, use_decimal=True)
    except ValueError:
        return text
    return value


def _refuse_other_sites(request: Request) -> None:
    """Any page in the same browser could post here; the browser says so."""
    if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        raise Refused(HTTPStatus.FORBIDDEN, "Only the fault panel's own page may do this.")


def _back() -> Response:
    return Response(HTTPStatus.SEE_OTHER, headers={"Location": "/faults"})


def _unknown(request: Request) -> Refused:
    return Refused(HTTPStatus.NOT_FOUND, f"There is no fault {request.params['name']}.")
