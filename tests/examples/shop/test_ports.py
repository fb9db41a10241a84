import socket

from examples.shop.ports import candidates, is_free


def test_the_usual_port_comes_first_and_the_others_stay_below_what_the_system_hands_out() -> None:
    assert candidates(None, 5016)[:2] == [5016, 5026]
    assert candidates(7000, 5016) == [7000]
    assert all(1024 < port < 32768 for asked in (None, 0) for port in candidates(asked, 5016))


def test_a_port_is_free_until_somebody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert not is_free(port)
    assert is_free(port)
