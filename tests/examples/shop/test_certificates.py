"""The shop over HTTPS, with the right certificate and with wrong ones."""

import socket
import ssl
from pathlib import Path

import httpx
import pytest

from tests.examples.shop.people import Shop


def _get(encrypted_shop: tuple[str, Path]) -> httpx.Response:
    url, authority = encrypted_shop
    context = ssl.create_default_context(cafile=str(authority))
    return httpx.get(f"{url}/products/kettle", verify=context, trust_env=False)


def test_who_trusts_the_shops_authority_gets_in(encrypted_shop: tuple[str, Path]) -> None:
    assert _get(encrypted_shop).json()["sku"] == "kettle"


def test_who_does_not_stays_out(encrypted_shop: tuple[str, Path]) -> None:
    with pytest.raises(httpx.ConnectError, match="unable to get local issuer certificate"):
        httpx.get(encrypted_shop[0], trust_env=False)


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        ("expire", "certificate has expired"),
        ("wrong_host", "IP address mismatch"),
        ("untrusted", "unable to get local issuer certificate"),
    ],
)
def test_each_wrong_certificate_is_wrong_in_its_way_and_only_as_long_as_asked(
    shop: Shop, encrypted_shop: tuple[str, Path], kind: str, complaint: str
) -> None:
    shop.fault("certificate", kind, count=1)
    with pytest.raises(httpx.ConnectError, match=complaint):
        _get(encrypted_shop)
    assert _get(encrypted_shop).status_code == 200


def test_faults_reach_encrypted_requests_too(shop: Shop, encrypted_shop: tuple[str, Path]) -> None:
    shop.fault("catalogue", "reset", count=1)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        _get(encrypted_shop)
    shop.fault("catalogue", "drop", count=1, seconds=0.2)
    with pytest.raises(httpx.RemoteProtocolError):
        _get(encrypted_shop)
    assert _get(encrypted_shop).status_code == 200


def test_a_client_that_never_shakes_hands_holds_up_nobody(encrypted_shop: tuple[str, Path]) -> None:
    url = httpx.URL(encrypted_shop[0])
    with (
        socket.create_connection((url.host, url.port or 0)) as silent,
        socket.create_connection((url.host, url.port or 0)) as rude,
    ):
        rude.sendall(b"GET / HTTP/1.1\r\nHost: shop\r\n\r\n")
        assert _get(encrypted_shop).status_code == 200
        assert silent.fileno() >= 0
