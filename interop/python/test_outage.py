"""A database that falls silent, as behind a network that drops everything: nothing hangs, and all recovers by itself."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from conftest import POSTGRES, postgres_database
from keyline import Deployment, Key, Server, wait_until

CLIENTS = 64


class Relay:
    """Stands between a server and its database, and passes nothing on while it is silent."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._passing = threading.Event()
        self._passing.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def fall_silent(self) -> None:
        """Keeps every connection and passes nothing on."""
        self._passing.clear()

    def speak(self) -> None:
        """Passes on what has come meanwhile."""
        self._passing.set()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            self._passing.wait()
            database = socket.create_connection(self._target)
            for source, sink in ((client, database), (database, client)):
                threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                self._passing.wait()
                sink.sendall(data)
        except OSError:
            pass
        finally:
            source.close()
            sink.close()


@pytest.fixture
def relayed(tmp_path) -> Iterator[tuple[Deployment, Relay]]:
    if not POSTGRES:
        pytest.skip("an embedded database does not fall silent")
    url = urlsplit(postgres_database())
    relay = Relay(url.hostname or "localhost", url.port or 5432)
    at_relay = url.netloc.rsplit("@", 1)[:-1] + [f"127.0.0.1:{relay.port}"]
    deployment = Deployment(tmp_path, {"database_url": url._replace(netloc="@".join(at_relay)).geturl()})
    deployment.run("master-key", "new")
    deployment.organization("acme")
    yield deployment, relay


def statuses(server: Server, key: Key) -> set[int]:
    """What very many get who ask at once."""
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = clients.map(lambda _: server.ask_for_token(key), range(2 * CLIENTS))
        return {answer.status_code for answer in answers}


def test_all_are_told_and_served_again(relayed: tuple[Deployment, Relay]) -> None:
    deployment, relay = relayed
    key = deployment.key("acme", "Key")
    with deployment.serve() as server:
        assert statuses(server, key) == {200}
        relay.fall_silent()
        assert statuses(server, key) == {503}
        relay.speak()
        wait_until(lambda: server.ask_for_token(key).status_code == 200, "it recovers")
        assert statuses(server, key) == {200}


def test_a_second_signal_ends_the_server_at_once(relayed: tuple[Deployment, Relay]) -> None:
    deployment, relay = relayed
    key = deployment.key("acme", "Key")
    with deployment.serve() as server:
        assert server.token(key)
        relay.fall_silent()
        assert server.ask_for_token(key).status_code == 503
        assert server.stop_at_once() == 1
        relay.speak()
