"""
NotificationsError   what an operation on notifications refuses; the message is for people
├── TargetInvalid    nothing could be sent there, or its name is taken
├── RuleInvalid      it names what is not there, or numbers that make no sense
└── NoSuchThing      no target, rule or delivery of that number here
"""

from typing import ClassVar


class NotificationsError(Exception):
    """Base of this package's errors."""

    code: ClassVar[str] = "notifications_error"


class TargetInvalid(NotificationsError):
    code = "target_invalid"


class RuleInvalid(NotificationsError):
    code = "rule_invalid"


class NoSuchThing(NotificationsError):
    code = "no_such_thing"
