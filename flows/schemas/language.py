"""The language as an editor asks for it."""

import hashlib
import json
from functools import lru_cache
from typing import Any, NamedTuple

from ninja import Field, Schema

from flows.language.builtins import BUILTIN_NAMES
from flows.language.expressions.functions import FUNCTIONS
from flows.language.jsonschema import FILE
from flows.schemas.problems import ProblemOut


class CheckIn(Schema):
    text: str
    filename: str = "flow.yaml"
    environment: str | None = Field(None, description="Whose names are known besides the flow's own.")


class CheckOut(Schema):
    problems: list[ProblemOut]


class LanguageOut(Schema):
    """`flow_schema` is a JSON Schema, draft 2020-12: the one of `flows/language/flow.schema.json`."""

    flow_schema: dict[str, Any]
    builtins: list[str]
    functions: list[str]


class Written(NamedTuple):
    text: str
    etag: str


@lru_cache(maxsize=1)
def language() -> Written:
    """It does not change while the product runs."""
    found = {
        "flow_schema": json.loads(FILE.read_text(encoding="utf-8")),
        "builtins": sorted(BUILTIN_NAMES),
        "functions": sorted(FUNCTIONS),
    }
    text = json.dumps(found, separators=(",", ":"))
    return Written(text, f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"')
