"""
EmbeddedError          the stack cannot do what was asked; the message is one sentence for a person
├── BinaryMissing      no server binary for this platform, or one of the wrong version
├── DataFolderUnusable the data folder cannot be written, is full, or holds something else
├── PortTaken          somebody else listens there
└── DidNotStart        a process ended, or did not answer in time
"""


class EmbeddedError(Exception):
    """The embedded stack cannot do what was asked."""


class BinaryMissing(EmbeddedError):
    """There is no usable server binary."""


class DataFolderUnusable(EmbeddedError):
    """The data folder cannot be used as it is."""


class PortTaken(EmbeddedError):
    """Somebody else listens on the port."""


class DidNotStart(EmbeddedError):
    """A process ended before it was ready, or was not ready in time."""
