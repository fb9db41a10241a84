"""What is kept of many executions: sums by day, the health of each step, groups of failures, endpoints.

Everything here but what people wrote (states, notes, documents) can be made again from the executions that are still
there; what was made from executions that are gone stays (docs/analytics.md).
"""

from analytics.models.analyses import Analysis, AnalysisConsent, AnalysisQuerySet, AnalysisStatus
from analytics.models.coverage import Endpoint, EndpointDay, RouteOverride, RouteWish, ServiceDocument
from analytics.models.days import (
    DayCounts,
    FlowDay,
    FlowTotal,
    HealthDay,
    RollupState,
    StepDay,
    StepHealth,
    WorkspaceDay,
)
from analytics.models.failures import DiagnosisLabel, FailureGroup, FailureOccurrence, GroupState, IncidentFailure

__all__ = [
    "Analysis",
    "AnalysisConsent",
    "AnalysisQuerySet",
    "AnalysisStatus",
    "DayCounts",
    "DiagnosisLabel",
    "Endpoint",
    "EndpointDay",
    "FailureGroup",
    "FailureOccurrence",
    "FlowDay",
    "FlowTotal",
    "GroupState",
    "HealthDay",
    "IncidentFailure",
    "RollupState",
    "RouteOverride",
    "RouteWish",
    "ServiceDocument",
    "StepDay",
    "StepHealth",
    "WorkspaceDay",
]
