"""What libyaml says about text it cannot read, in words that tell what to do."""

from typing import Any

import yaml

from flows.language.problems import Problem

_UNCLOSED = {
    "did not find expected ',' or ']'": "a ] or a comma is missing in the list that begins on line {line}",
    "did not find expected ',' or '}'": "a }} or a comma is missing in the object that begins on line {line}",
}
_SENTENCES = (
    (
        "mapping values are not allowed",
        "A colon is not possible here. Check the indentation, or put the value in quotes.",
    ),
    ("could not find expected ':'", "This is no key with a colon after it. Check the line before and the indentation."),
    ("did not find expected key", "This does not stand in line with the keys around it. Check the indentation."),
    ("did not find expected '-' indicator", "This does not stand in line with the list above. Check the indentation."),
    ("block sequence entries are not allowed", "A list item is not possible here. Check the indentation."),
    ("did not find expected node content", "A value is expected here. If it is text, put it in quotes."),
    (
        "unknown escape character",
        "This escape is unknown in double quotes. Use single quotes, or write \\\\ for a backslash.",
    ),
    ("did not find expected hexdecimal number", "An escape in double quotes lacks its hexadecimal digits."),
    (
        "found incompatible YAML document",
        "The text asks for a version of YAML that is not read. Leave the %YAML line out.",
    ),
    ("found undefined tag handle", "The tag is not read. If the value begins with !, put it in quotes."),
    ("did not find expected <document start>", "Something stands here after the end of the document."),
)


def explain(error: yaml.YAMLError, text: str) -> Problem:
    """The problem behind `error`, at its place in `text`."""
    said: str = getattr(error, "problem", None) or "it cannot be read"
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    line, column = _place(mark, text)
    return Problem("error", "bad_yaml", _message(said, _character(text, mark), context), line, column)


def _message(said: str, character: str, context: Any) -> str:
    if "cannot start any token" in said:
        if character == "\t":
            return "A tab stands where YAML wants spaces. Indent with spaces."
        return f"A value cannot begin with {character}. Put it in quotes."
    if said in _UNCLOSED and context is not None:
        what = _UNCLOSED[said].format(line=context.line + 1)
        return f"Something else stands here: {what}."
    if said == "found unexpected end of stream" and context is not None:
        return f"The text ends inside quotes that open on line {context.line + 1}."
    for part, sentence in _SENTENCES:
        if part in said:
            return sentence
    return f"The YAML cannot be read: {said}."


def _place(mark: Any, text: str) -> tuple[int, int]:
    """Never beyond the text, wherever libyaml thinks it is."""
    if mark is None:
        return 1, 1
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line = min(mark.line + 1, len(lines))
    return line, min(mark.column, len(lines[line - 1])) + 1


def _character(text: str, mark: Any) -> str:
    return text[mark.index] if mark is not None and mark.index < len(text) else ""
