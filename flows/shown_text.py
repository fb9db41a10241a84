"""The text of a flow for somebody who may read it and not write it: without the secrets somebody wrote into it."""

from functools import lru_cache
from typing import Final

import yaml

from flows.language.check import check
from flows.language.spec import FlowSpec
from flows.models import FlowVersion
from workspaces.models import Role

MASK: Final = "‹secret›"


def shown_text(version: FlowVersion, role: Role) -> str:
    """As it was saved for whoever may write it; for a viewer, literal secrets are masked (DESIGN §9)."""
    return version.text if role.includes(Role.EDITOR) else masked_text(version.text)


def shown_spec(version: FlowVersion, role: Role) -> FlowSpec:
    """What `shown_text` says, parsed; without its literal secrets for a viewer."""
    if role.includes(Role.EDITOR):
        return version.spec
    return check(masked_text(version.text)).flow or version.spec.model_copy(update={"env": {}})


@lru_cache(maxsize=64)
def masked_text(text: str) -> str:
    """`text` with every literal secret that `check` warns of taken out."""
    places = {(one.line, one.column) for one in check(text).problems if one.code == "literal_secret"}
    if not places:
        return text
    parts, end = [], 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        start = token.start_mark
        if isinstance(token, yaml.ScalarToken) and (start.line + 1, start.column + 1) in places:
            parts += [text[end : start.index], f'"{MASK}"']
            end = token.end_mark.index
    return "".join([*parts, text[end:]])
