"""Words of the executions search that only the analytics can answer: with them every number has a list behind it."""

from typing import Final

from executions.conditions import add_word
from executions.search import needed, nothing

# A key has a slash, a health has none. The star is every step that has results enough to be judged.
_STEPS: Final = """id IN (
    SELECT unnest(h.{column}) FROM analytics_stephealth h, (SELECT %s::text[]) w (wanted)
     WHERE h.key = ANY(wanted) OR h.health = ANY(wanted) OR ('*' = ANY(wanted) AND h.health <> 'insufficient'))"""
_GROUP: Final = """id IN (
    SELECT o.execution_id FROM analytics_failureoccurrence o JOIN analytics_failuregroup g ON g.id = o.group_id
     WHERE g.fingerprint = ANY(%s))"""
_INCIDENT: Final = "id IN (SELECT i.execution_id FROM analytics_incidentfailure i)"

_CALLED: Final = """EXISTS (
    SELECT FROM executions_steprun s JOIN analytics_endpoint k
        ON k.workspace_id = e.workspace_id AND k.protocol = s.protocol AND k.service = s.service
           AND k.operation = s.operation AND k.route = left(s.route, 500)
     WHERE s.execution_id = e.id AND s.status IN ('passed', 'failed')
       AND concat_ws(' ', k.service, k.operation, NULLIF(k.template, '')) = ANY(%s))"""


def add_words() -> None:
    """Once, when the models are loaded."""
    add_word("disturbed", check=needed, sql=_STEPS.format(column="events"))
    add_word("scored", check=needed, sql=_STEPS.format(column="executions"))
    add_word("called", check=needed, sql=_CALLED, is_costly=True)
    add_word("failure", check=needed, sql=_GROUP)
    add_word("incident", check=nothing, sql=_INCIDENT, is_flag=True)
