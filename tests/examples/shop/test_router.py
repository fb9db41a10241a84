import socket
from http import HTTPStatus

import pytest

from examples.shop.messages import Refused, Request, Response, answer
from examples.shop.router import Route, Router


def _request(method: str, path: str) -> Request:
    return Request(method=method, path=path, query={}, headers={}, body=b"", connection=socket.socket())


def _params(request: Request) -> Response:
    request.connection.close()
    return answer(dict(request.params))


ROUTER = Router([Route("GET", "/a/{id}/b.c", _params, ""), Route("GET", "/a/me", _params, "")])


def test_names_in_a_pattern_take_one_decoded_part_each() -> None:
    found = ROUTER.answer(_request("GET", "/a/x%2Fy%20z/b.c"))
    assert isinstance(found, Response)
    assert found.body == b'{"id": "x/y z"}'


@pytest.mark.parametrize("path", ["/a/1/bxc", "/a//b.c", "/a/1/2/b.c", "/a/me/"])
def test_only_whole_paths_match(path: str) -> None:
    request = _request("GET", path)
    with request.connection, pytest.raises(Refused) as refused:
        ROUTER.answer(request)
    assert refused.value.status == HTTPStatus.NOT_FOUND
