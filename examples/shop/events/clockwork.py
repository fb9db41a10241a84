"""The threads that keep events moving: one settles payments and publishes, one listens for the notifications."""

from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from examples.shop.events.listener import Listener
from examples.shop.events.outbox import Outbox
from examples.shop.events.relay import Relay
from examples.shop.events.topics import logger
from examples.shop.notifications import LISTENS_TO, Notifications
from examples.shop.settling import Settling
from examples.shop.store import Store

if TYPE_CHECKING:
    from confluent_kafka import Message

LONGEST_PAUSE: Final = 1.0  # between two looks, when nothing wakes it


class Clockwork:
    def __init__(
        self, *, store: Store, outbox: Outbox, settling: Settling, notifications: Notifications, brokers: str
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._settling = settling
        self._notifications = notifications
        self._brokers = brokers
        self._closing = Event()
        self._published = Event()
        self._threads = [
            Thread(target=self._publish, name="shop-relay"),
            Thread(target=self._listen, name="shop-notifications"),
        ]
        self.is_well = True  # whether the last that was due could be published

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._closing.set()
        self._outbox.wake.set()
        self._published.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def _publish(self) -> None:
        relay = Relay(self._store, self._outbox, self._brokers)
        while not self._closing.is_set():
            self._outbox.wake.clear()
            try:
                self._settling.settle_everybody()
                self.is_well = relay.publish()
                self._published.set()
                pause = LONGEST_PAUSE if self.is_well else 0.2
                soon = self._settling.seconds_to_next()
            except Exception as exc:  # noqa: BLE001 - whatever it was, nobody else would publish what comes later
                self.is_well = False
                logger.warning("events could not be published: %s", type(exc).__name__)
                logger.debug("because", exc_info=True)
                pause, soon = 0.5, None
            self._outbox.wake.wait(pause if soon is None else max(0.005, min(pause, soon)))
        relay.close()

    def _listen(self) -> None:
        listener = Listener(
            self._store,
            self._brokers,
            topics=LISTENS_TO,
            reader="notifications",
            work=self._notifications.work,
        )
        while not self._closing.is_set():
            try:
                listener.run(self._closing, self._published, self._worked)
            except Exception:  # noqa: BLE001 - likewise
                logger.warning("the notifications service begins again", exc_info=True)
                self._closing.wait(0.5)

    def _worked(self, message: "Message") -> None:
        self._notifications.worked(message)
        self._outbox.wake.set()  # it may have set one aside
