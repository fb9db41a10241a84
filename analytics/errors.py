"""
AnalyticsError          what a question or an operation refuses; the message is for people
├── GroupUnknown        there is no such group of failures in this workspace
├── DocumentInvalid     a description of a service cannot be read; says where
├── DocumentUnknown     there is no such description in this workspace
└── QuestionInvalid     the question cannot be answered as it was put
"""


class AnalyticsError(Exception):
    """Refused."""


class GroupUnknown(AnalyticsError):
    pass


class DocumentInvalid(AnalyticsError):
    pass


class DocumentUnknown(AnalyticsError):
    pass


class QuestionInvalid(AnalyticsError):
    pass
