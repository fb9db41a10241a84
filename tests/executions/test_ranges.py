"""What a Range header asks for, by the examples and the rules of RFC 9110 §14."""

import pytest

from executions.errors import NoSuchRange
from executions.ranges import partial_file, range_of

SIZE = 10_000


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("bytes=0-499", range(500)),
        ("bytes=500-999", range(500, 1000)),
        ("bytes=-500", range(9500, SIZE)),
        ("bytes=9500-", range(9500, SIZE)),
        ("bytes=9999-20000", range(9999, SIZE)),
        ("bytes=-20000", range(SIZE)),
        # All of it: nothing asked, several pieces, another unit, the end before the beginning
        ("", None),
        ("bytes=0-0,-1", None),
        ("pages=1-2", None),
        ("bytes=9-1", None),
        ("bytes=", None),
    ],
)
def test_a_range_is_read(asked: str, wanted: range | None) -> None:
    assert range_of(asked, SIZE) == wanted


@pytest.mark.parametrize(("asked", "size"), [("bytes=10000-", SIZE), ("bytes=-0", SIZE), ("bytes=0-", 0)])
def test_what_lies_beyond_the_end_is_refused_with_the_size(asked: str, size: int) -> None:
    with pytest.raises(NoSuchRange) as caught:
        range_of(asked, size)
    assert caught.value.size == size


def test_a_broken_download_goes_on_unless_the_file_is_another_one() -> None:
    # Given the first half of a file
    data = "hälf ".encode() * 100
    whole = partial_file({}, data, "text/plain", "x.txt")
    assert (whole.status_code, whole["Accept-Ranges"], whole.content) == (200, "bytes", data)
    half = partial_file({"Range": "bytes=0-299"}, data, "text/plain", "x.txt")
    assert (half.status_code, half["Content-Range"]) == (206, f"bytes 0-299/{len(data)}")
    # When the rest is asked for, with the tag of what was begun
    rest = {"Range": "bytes=300-", "If-Range": str(whole["ETag"])}
    end = partial_file(rest, data, "text/plain", "x.txt")
    # Then both make the file; and of another file all comes
    assert half.content + end.content == data
    assert partial_file(rest, b"other", "text/plain", "x.txt").content == b"other"
