"""
EmbeddedError          the stack cannot do what was asked; the message is one sentence for a person
├── BinaryMissing      no server binary for this platform, or one of the wrong version
├── DataFolderUnusable the data folder cannot be written, is full, or holds something else
├── PortTaken          somebody else listens there
├── DidNotStart        a process ended, or did not answer in time
└── Interrupted        a person stopped it before it was ready
"""

from typing import ClassVar

from cli.errors import CliError, Exit


class EmbeddedError(CliError):
    """The embedded stack cannot do what was asked."""

    exit_code: ClassVar[Exit] = Exit.UNREACHABLE


class BinaryMissing(EmbeddedError):
    """There is no usable server binary."""


class DataFolderUnusable(EmbeddedError):
    """The data folder cannot be used as it is."""


class PortTaken(EmbeddedError):
    """Somebody else listens on the port."""

    exit_code: ClassVar[Exit] = Exit.WRONG_USE


class DidNotStart(EmbeddedError):
    """A process ended before it was ready, or was not ready in time."""


class Interrupted(EmbeddedError):
    """A person stopped the stack before it was ready."""

    exit_code: ClassVar[Exit] = Exit.CANCELLED
