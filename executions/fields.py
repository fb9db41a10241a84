"""A column for recorded values."""

from typing import Any

from django.db import models

from flows.language import jsontext


class JSONText(models.TextField):  # type: ignore[type-arg] # Django has no type arguments at run time
    """Any value a flow can meet, as JSON text.

    Not `jsonb`: that refuses NUL and lone surrogates and reorders keys, and nobody queries inside these.
    """

    # For the type checker: what may be assigned, and what is read.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        return None if value is None else jsontext.loads(value)

    def to_python(self, value: Any) -> Any:
        return value

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else jsontext.dumps(value)

    def value_to_string(self, obj: models.Model) -> str:
        return jsontext.dumps(self.value_from_object(obj))
