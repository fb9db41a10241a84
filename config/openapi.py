"""python -m config.openapi: write docs/openapi.json anew, from which clients and the front end take their types."""

import json
from pathlib import Path

import django

SNAPSHOT = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def document() -> str:
    """The OpenAPI document of the API as this code has it, for reading in a diff."""
    from config.api import api

    schema = dict(api.get_openapi_schema(path_prefix="/api/v1/"))
    schema["info"] = {**schema["info"], "version": "v1"}  # the product's version is no change of the contract
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    django.setup()
    SNAPSHOT.write_text(document(), encoding="utf-8")
