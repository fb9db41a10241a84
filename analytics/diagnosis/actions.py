"""What to do next, by the rule that decided: a sentence somebody can act on and check."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analytics.diagnosis.drift import Difference
from analytics.diagnosis.evidence import Facts
from analytics.diagnosis.points import Fired
from analytics.diagnosis.verdict import Verdict

# {service}, {step}, {code} and {others} are filled in.
_TEXTS: Final = {
    "dns": "Check the host name {service} in this environment: it does not resolve. Compare it with one that works.",
    "tls": "Look at the certificate of {service} ({code}): renew it, or name the CA in the step's `ca`.",
    "egress": "The worker may not connect to {service}: allow it in STEPWELL_EGRESS_ALLOW, or correct the address.",
    "no_route": "The worker finds no way to {service}: check the network of this environment.",
    "refused": "See whether {service} runs and listens on that port; if other flows reach it, correct the port here.",
    "reset": "Read the log of {service} at that minute: it closed the connection in the middle. Then re-run {step}.",
    "connect_timeout": "Check the firewall between the worker and {service}: nothing answered the connection at all.",
    "read_timeout": "Compare the step's timeout with its usual duration; if it is far below, read {service}'s log.",
    "poll": "Find out whether the state came later: raise the wait of {step}, or follow what should have brought it.",
    "no_message": "Look for the message in the topic: sent late, or not at all? Raise the timeout if it came later.",
    "kafka_topic": "Create the topic in this environment, or correct its name.",
    "identity_provider": "See whether the token endpoint is up: it did not judge the credentials, it was away.",
    "unreachable": "See whether {service} runs, and whether the address is right in this environment.",
    "proxy": "Check the worker's proxy: it cannot be reached, or does not let {service} through.",
    "rights": "Give the account that {step} uses in this environment the right it lacks: {message}",
    "worker_files": "Put what {step} names onto the worker, or correct the path: {message}",
    "address": "Correct the address or the connection in this environment: {message}",
    "config": "Correct {step}, or the variable it takes this from: {message}",
    "cannot_be_sent": "Correct what {step} sends: {message}",
    "too_large": "Ask {service} for less at once: {message}",
    "redirects": "Follow the redirects of {service} by hand: they lead nowhere, or in a circle.",
    "bad_response": "Look at what {service} sent: it is not what its protocol wants.",
    "no_method": "Compare the names in {step} with what {service} offers now: {message}",
    "reflection": "Switch server reflection on at {service}, or give {step} the .proto files.",
    "no_room": "See what fills {service} up: connections, memory or the disk.",
    "no_table": "Run the missing migration in this environment, or correct the names in {step}'s query.",
    "read_only": "See whether {service} is a replica: it takes no writes.",
    "starting": "Wait until {service} has started, then re-run {step}; if it starts often, read its log.",
    "busy": "Re-run {step} a little later, or give it `retry`: {service} was busy.",
    "wrong_type": "See who writes this key of {service}: it holds another kind of value than {step} reads.",
    "lock": "Retry {step}: somebody else held what it needs ({code}).",
    "constraint": "Compare what {step} writes with what is there: a rule of the table refuses it ({code}).",
    "said_no": "Read what {service} answered: {message}",
    "flow_timed_out": "Open the run that {step} started, and see which of its steps took the time.",
    "other_success": "Compare {service}'s answer with that of the last run that passed: it says success, another one.",
    "auth": "Renew the credentials that {step} uses in this environment, then re-run it.",
    "http_401": "Renew the credentials that {step} uses in this environment, then re-run it.",
    "http_403": "See which rights the credentials of {step} have in this environment.",
    "http_429": "Fewer runs at once against {service}, or a longer retry delay in {step}.",
    "http_404": "See whether what {step} asks for exists, and whether the base path is right in this environment.",
    "http_409": "Remove what an earlier run left behind, or make {step}'s input unique for each run.",
    "http_422": "Compare {step}'s request with that of the last run that passed.",
    "http_400": "Compare {step}'s request with that of the last run that passed.",
    "http_504": "Ask {service}'s owner what is slow behind it; the gateway gave up waiting.",
    "unresolved": "Set the variable in this environment, or give it a default in the flow: {message}",
    "empty_extract": "Open the response that {step} read from: what it captures is not in it any more.",
    "step_left_nothing": "Open the step that should have given {lacks}: it left nothing of that name.",
    "cannot_be_computed": "Look at the values that {step} computes with: {message}",
    "name_misspelt": "Correct the name in the flow: {message}",
    "other_overrides": "Compare the overrides of this run with those of the last that passed.",
    "source_changed": "Open {source}: its answer is unlike before, and {step} reads it. {source_shape}.",
    "same_request": "Show {service}'s owner the request: the same one was good in earlier runs.",
    "same_credentials": "See whether the account still exists, and whether its password was changed there.",
    "no_way": "See whether {service} still has this route, and whether the base path is right in this environment.",
    "foreign_answer": "Find out who answered instead of {service}: a page came where there was JSON.",
    "run_beside": "Let runs of this flow not overlap, or make {step}'s input unique: another was still going on.",
    "read_directly": "Look at the rows that {step} reads: they are not what the flow expects.",
    "old_value": "Let {step} try again with `retry`: this run changed the value only moments before.",
    "respelled": "Ask {service}'s owner about the new spelling: the value says the same as before.",
    "far_beyond": "Read {service}'s log of that minute: it never took nearly as long before.",
    "latency_assertion": "Compare with the duration trend of {step}: correct the limit, or find what slowed {service}.",
    "missing_value": "Open the response of {step}: the value it asserts on is not there any more.",
    "other_type": "Open the response of {step}: the value has another type than before.",
    "other_value": "Compare the response with the last run that passed: is the expectation old, or the value wrong?",
    "intermediate_state": "Wait for the state in {step}, with `retry` or a poll, instead of asserting it at once.",
    "environment_changed": "Compare the environment with its revision at the last pass: it was edited in between.",
    "many_services": "Look at the network or the host of this environment: several services fail at once.",
    "many_flows": "Open {service}'s health: {others} flows fail with it. Tell its owner, re-run when it is well.",
    "near_limit": "Raise {step}'s timeout: its usual durations come close to it.",
    "address_changed": "Correct the address: {step} went to {before} when it passed, and goes to {service} now.",
    "address_same": "See whether {service} runs: the address is the same as at the last pass, and nobody listens.",
    "input_from_environment": "Undo the edit of the environment, or correct it: {differs}.",
    "input_differs": "Compare the request with that of the last run that passed: {differs}.",
    "shape_changed": "Ask {service}'s owner about the change of its response: {shape}.",
    "leftover": "Remove what an earlier run left behind, or make {step}'s input unique for each run.",
    "made_just_now": "Let {step} try again with `retry`: {made} made it only moments before, and it may come late.",
    "contradicts_itself": "Show {service}'s owner both answers of this run: they contradict each other.",
    "empty": "See whether the data that {step} expects is still there: nothing came back.",
    "stalled": "Read {service}'s log of that minute: it usually answers in a fraction of the time that was waited.",
    "refused_to_all": "Look at who checks the credentials: {refused} flows with others were refused at once as well.",
    "fresh_token_refused": "Look at {service}'s sessions: it refuses a token that it gave out in this very run.",
    "limit_lowered": "Raise the time-out again: it was lowered to less than {step} usually takes.",
    "hours": "See what runs at that time of day (backups, batches): it hardly fails at other hours.",
    "kafka_leader": "See whether the brokers of this topic are up: it has no leader.",
    "flow_changed": "See what changed in the flow since the last pass: that version may be what is wrong.",
    "sqlstate_23": "Remove the row an earlier run left behind, or make {step}'s input unique for each run.",
    "sqlstate_22": "Check the values {step} sends: the database cannot take one of them ({code}).",
    "sqlstate_28": "Renew the database credentials of this environment.",
    "sqlstate_42": "Run the missing migration in this environment, or correct the names in {step}'s query.",
    "sqlstate_40": "Retry {step}: another transaction was in its way ({code}).",
    "sqlstate_53": "The database has no room for another connection: see who holds them.",
}
# Where no cause of the four is to blame.
_OWN: Final = {
    "worker_lost": "Look at the worker and its machine: it died while it ran {step}. Nothing is known of the target.",
    "internal": "Report this: {step} broke by a fault of Stepwell itself, which is in the worker's log.",
    "flow_cancelled": "Ask who cancelled the run that {step} started: it did not fail by itself.",
}
_BY_CATEGORY: Final = {
    "service": "Read the log of {service} at that minute, then re-run {step}.",
    "environment": "Compare this environment with one where {step} passes.",
    "data": "Compare the input of {step} with that of the last run that passed.",
    "timing": "Compare the duration of {step} with its usual one, and with its timeout.",
}


@dataclass(frozen=True)
class NextAction:
    id: str
    text: str


def next_action(facts: Facts, step: str, verdict: Verdict, rules: Sequence[Fired]) -> NextAction:
    """Of the rule that gave the likeliest cause most; where nothing is sure, what would decide between the two."""
    own = "worker_lost" if facts.kind == "worker_lost" else facts.code
    if own in _OWN:
        return NextAction(own, _filled(_OWN[own], facts, step))
    for_it = [one for one in rules if one.points.get(verdict.category)]
    best = max(for_it, key=lambda one: one.points[verdict.category], default=None)
    template = _TEXTS.get(best.id) if best else None
    text = _filled(template or _BY_CATEGORY[verdict.category], facts, step)
    if facts.flow_changed and verdict.category == "data" and best is not None and best.id != "flow_changed":
        text += " The flow was edited since the last pass, and may itself be what is wrong."
    if verdict.confidence == "inconclusive":
        other = _filled(_BY_CATEGORY[verdict.runner_up], facts, step)
        return NextAction("decide", f"Not sure. First: {text} If that shows nothing: {other}")
    return NextAction(best.id if best and template else verdict.category, text)


def _filled(template: str, facts: Facts, step: str) -> str:
    return template.format(
        service=facts.service or "the target", step=step, code=facts.code, others=max(0, facts.flows_failing - 1),
        message=facts.message.partition("\n")[0][:300], before=facts.service_before or "another address",
        differs=_first(facts.inputs), shape=_first(facts.shapes), made=facts.made_by, refused=facts.refused_others,
        lacks=facts.lacks_name or "this value", source=facts.source_step, source_shape=_first(facts.source_shapes),
    )  # fmt: skip


def _first(differences: Sequence[Difference]) -> str:
    if not differences:
        return "see the difference"
    one = differences[0]
    return f"{one.path} is {one.now or 'gone'}, and was {one.usual or 'not there'}"
