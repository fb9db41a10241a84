"""How single values are read: each gives the value, or reports a problem and gives None."""

from collections.abc import Callable
from typing import Any

from flows.language.actions.base import has_template
from flows.language.checks.findings import Findings, shown_text, what_it_is
from flows.language.document import ListNode, MapNode, Node, Place, Scalar
from flows.language.durations import BadDuration, parse_duration
from flows.language.expressions.errors import ExpressionSyntaxError
from flows.language.templates import parse_template


class Fields:
    """Reads values of one document."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def wrong_type(self, wanted: str, node: Node, place: Place) -> None:
        """`timeout must be a duration, and is a list.`"""
        self.findings.error("wrong_type", f"{_name(place)} must be {wanted}, and is {what_it_is(node)}.", node, place)

    def is_empty(self, node: Node) -> bool:
        """Whether nothing stands there: `setup:` with nothing after it."""
        return isinstance(node, Scalar) and node.value is None

    def text(self, node: Node, place: Place, *, most: int | None = None, numbers: bool = False) -> str | None:
        """Text; with `numbers` a number as it is written is text too."""
        if not isinstance(node, Scalar) or not (isinstance(node.value, str) or (numbers and _is_number(node))):
            self.wrong_type("text", node, place)
            return None
        text = node.text
        if "\0" in text:
            self.findings.error("bad_character", f"{_name(place)} holds the character NUL.", node, place)
            return None
        if most is not None and len(text) > most:
            message = f"{_name(place)} has {len(text):,} characters; {most} are allowed."
            self.findings.error("too_long", message, node, place)
            return None
        return text

    def flag(self, node: Node, place: Place) -> bool | None:
        """true or false; nothing else."""
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        if isinstance(node, Scalar) and str(node.value).lower() in ("yes", "on", "true", "no", "off", "false"):
            message = f"{_name(place)} must be true or false; {node.text} is text."
            better = "true" if node.text.lower() in ("yes", "on", "true") else "false"
            self.findings.error("wrong_type", message, node, place, suggestion=better)
        else:
            self.wrong_type("true or false", node, place)
        return None

    def choice(self, node: Node, place: Place, choices: tuple[str, ...]) -> str | None:
        """One of `choices`."""
        if isinstance(node, Scalar) and node.value in choices:
            return str(node.value)
        if isinstance(node, Scalar) and isinstance(node.value, str):
            message = f"{_name(place)} must be {_either(choices)}, and is {shown_text(node.text)}."
            near = self.findings.nearest(node.text, frozenset(choices))
            self.findings.error("bad_value", message, node, place, suggestion=near)
        else:
            self.wrong_type(_either(choices), node, place)
        return None

    def number(
        self, node: Node, place: Place, parse: Callable[[Any], Any], wanted: str, *, template: bool = True
    ) -> Any:
        """What `parse` makes of a number or its text; text with a template stays text. `parse` raises ValueError."""
        if not isinstance(node, Scalar) or isinstance(node.value, bool) or node.value is None:
            self.wrong_type(wanted, node, place)
            return None
        if has_template(node.value):
            if template:
                return node.text
            message = f"{_name(place)} is set before any variable has a value, so that no template can give it here."
            self.findings.error("bad_value", message, node, place)
            return None
        try:
            return parse(node.value)
        except ValueError as exc:
            code = "bad_duration" if isinstance(exc, BadDuration) else "bad_value"
            message = str(exc) if str(exc).startswith(_name(place)) else f"{_name(place)}: {exc}"
            self.findings.error(code, message, node, place)
            return None

    def duration(self, node: Node, place: Place, *, above_zero: bool = False, template: bool = True) -> Any:
        """Seconds, or the text of a template."""
        found = self.number(node, place, parse_duration, "a duration such as 30s", template=template)
        if above_zero and found == 0:
            self.findings.error("bad_duration", f"{_name(place)} must be longer than 0.", node, place)
            return None
        return found

    def texts(self, node: Node, place: Place) -> list[str] | None:
        """A list of texts; one text is a list of one. Numbers are taken as they are written."""
        if isinstance(node, MapNode) or (isinstance(node, Scalar) and node.value is None):
            self.wrong_type("a list of texts", node, place)
            return None
        if isinstance(node, Scalar):
            text = self.text(node, place, numbers=True)
            return None if text is None else [text]
        found = [self.text(item, (*place, index), numbers=True) for index, item in enumerate(node.items)]
        return [text for text in found if text is not None]

    def mapping(self, node: Node, place: Place) -> MapNode | None:
        """An object."""
        if isinstance(node, MapNode):
            return node
        self.wrong_type("an object with keys", node, place)
        return None

    def items(self, node: Node, place: Place, wanted: str) -> ListNode | None:
        """A list."""
        if isinstance(node, ListNode):
            return node
        self.wrong_type(wanted, node, place)
        return None

    def template_in(self, node: Node, place: Place) -> None:
        """Report a template in a name that cannot be read."""
        if isinstance(node, Scalar) and has_template(node.value):
            try:
                parse_template(node.text)
            except ExpressionSyntaxError as exc:
                message = f"The template cannot be read: {exc.message}"
                self.findings.error("bad_template", message, node, place, offset=exc.column - 1)


def _is_number(node: Scalar) -> bool:
    return not isinstance(node.value, bool) and node.value is not None


def _name(place: Place) -> str:
    keys = [part for part in place if isinstance(part, str)]
    return keys[-1] if keys else "This"


def _either(choices: tuple[str, ...]) -> str:
    return " or ".join([", ".join(choices[:-1]), choices[-1]] if len(choices) > 1 else choices)
