"""Rows of CSV and JSON, and what is told of those that cannot be read."""

from typing import Any

import pytest

from executions.batches.reading import MOST_ROWS, read_rows
from executions.errors import RowsInvalid

ENV: dict[str, Any] = {"SKU": "kettle", "COUNT": 3, "PAID": True, "PRICE": 0.5}


def rows(text: str, kind: str = "csv", **more: Any) -> list[dict[str, Any]]:
    return [dict(row.overrides) for row in read_rows(text, kind, ENV, **more)]


def mistakes(text: str, kind: str = "csv", **more: Any) -> list[str]:
    with pytest.raises(RowsInvalid) as raised:
        read_rows(text, kind, ENV, **more)
    return [str(mistake) for mistake in raised.value.mistakes]


def test_cells_take_the_type_of_the_flows_own_value() -> None:
    assert rows("SKU,COUNT,PAID,OTHER\nmug,5,false,7\n") == [{"SKU": "mug", "COUNT": 5, "PAID": False, "OTHER": "7"}]


def test_a_spreadsheets_csv() -> None:
    text = '\ufeffSKU,COUNT\r\n"mug, red",1\r\n\r\n"two\r\nlines",2\r\n'
    assert rows(text) == [{"SKU": "mug, red", "COUNT": 1}, {"SKU": "two\r\nlines", "COUNT": 2}]


def test_json_stays_as_it_is() -> None:
    assert rows('[{"SKU": 7, "NEW": [1, {"a": null}]}]', "json") == [{"SKU": 7, "NEW": [1, {"a": None}]}]


def test_a_column_names_the_rows() -> None:
    found = read_rows("SKU,COUNT\nmug,1\npan,2\n", "csv", ENV, label_column="SKU")
    assert [(row.number, row.label) for row in found] == [(1, "mug"), (2, "pan")]
    assert mistakes("SKU\nmug\n", label_column="NAME") == [
        "Row 1: There is no column 'NAME' for the label; it has SKU."
    ]


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("", "csv", "There are no rows."),
        ("SKU,COUNT\n", "csv", "There are no rows."),
        ("SKU,COUNT\nmug\n", "csv", "Row 1: It has 1 cells; the header has 2."),
        ("SKU,SKU\nmug,pan\n", "csv", "Column SKU: There are two of this name."),
        ("SKU,\nmug,pan\n", "csv", "Column 2: It cannot name a variable"),
        ("a b\nmug\n", "csv", "Column 'a b': It cannot name a variable"),
        ('SKU\n"mug\n', "csv", "Row 1: This is not CSV"),
        ("SKU,COUNT\nmug,1\npan,many\n", "csv", "Row 2, column COUNT: The cell does not fit the flow's own value"),
        ("{", "json", "This is not JSON"),
        ('{"SKU": 1}', "json", "Write a list of objects"),
        ('[{"SKU": 1}, 7]', "json", "Row 2: Write an object"),
        ('[{"a b": 1}]', "json", "Row 1, column 'a b': It cannot name a variable"),
        ("SKU\n" + "mug\n" * (MOST_ROWS + 1), "csv", f"There are more than {MOST_ROWS} rows. Split the file."),
        ("SKU\n" + "m" * 3_000_000, "csv", "The file has 3000004 characters"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, kind: str, said: str) -> None:
    assert mistakes(text, kind)[0].startswith(said)


def test_every_mistake_is_told_at_once_but_no_more_than_twenty() -> None:
    text = "SKU,COUNT\n" + "mug,many\n" * 50
    assert len(mistakes(text)) == 20
    assert "many" not in mistakes("COUNT\nhunter2\n")[0].partition("value: ")[0]
