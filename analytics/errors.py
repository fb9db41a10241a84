"""
AnalyticsError          what a question or an operation refuses; the message is for people
├── GroupUnknown        there is no such group of failures in this workspace
├── DocumentInvalid     a description of a service cannot be read; says where
├── DocumentUnknown     there is no such description in this workspace
├── RouteInvalid        a word on routes that cannot be followed: no such service, nothing that varies
├── RouteUnknown        nobody has said anything of these routes
├── QuestionInvalid     the question cannot be answered as it was put
├── AnalysisUnknown     there is no such analysis in this workspace
├── NothingToAnalyse    no step failed
└── AnalysisOff         the model may not be asked here; `code` says why, the message what to do
    └── AnalysisLimited it may, but not now: too many, too much money, or the service is overloaded
"""


class AnalyticsError(Exception):
    """Refused."""


class GroupUnknown(AnalyticsError):
    pass


class DocumentInvalid(AnalyticsError):
    pass


class DocumentUnknown(AnalyticsError):
    pass


class RouteInvalid(AnalyticsError):
    pass


class RouteUnknown(AnalyticsError):
    pass


class QuestionInvalid(AnalyticsError):
    pass


class AnalysisUnknown(AnalyticsError):
    pass


class NothingToAnalyse(AnalyticsError):
    pass


class AnalysisOff(AnalyticsError):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class AnalysisLimited(AnalysisOff):
    """`wait`: seconds until it is worth another try."""

    def __init__(self, code: str, message: str, *, wait: int) -> None:
        super().__init__(code, message)
        self.wait = wait
