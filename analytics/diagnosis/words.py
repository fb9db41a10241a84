"""What a rule says when it fires, as the end of a sentence. `http_503` and its like are said of all their kind."""

from typing import Final

_TEXTS: Final = {
    "dns": "the host name does not resolve",
    "no_route": "there is no way to the host",
    "egress": "the worker may not connect there",
    "tls": "its certificate is not accepted",
    "refused": "the connection was refused",
    "reset": "the connection broke in the middle",
    "connect_timeout": "nothing answered the connection",
    "read_timeout": "no answer came in time",
    "poll": "the state did not come in time",
    "no_message": "too few messages came in time",
    "kafka_topic": "the topic is not there",
    "kafka_leader": "the topic has no leader now",
    "auth": "the credentials were refused",
    "identity_provider": "who gives out tokens did not answer",
    "bad_response": "the answer cannot be read",
    "latency_assertion": "it took longer than was asserted",
    "missing_value": "the asserted value is not there",
    "other_type": "the asserted value has another type",
    "other_value": "the asserted value is another",
    "intermediate_state": "runs that passed saw this value too, before the right one",
    "value_never_seen": "no run that passed had this value",
    "empty": "the asserted value is empty",
    "unresolved": "a variable has no value here",
    "empty_extract": "what should be captured is not in the response",
    "config": "the step cannot run as it is written",
    "never_here": "it never passed here, and passes elsewhere",
    "passes_elsewhere": "it passes elsewhere now",
    "environment_changed": "the environment was edited since the last pass",
    "flow_changed": "the flow was edited since the last pass",
    "nothing_changed": "it keeps failing though flow and environment are the same",
    "flaky": "it fails now and then in a good state",
    "retries_help": "retries have helped before",
    "near_limit": "it usually takes nearly as long as its limit",
    "much_slower": "it was much slower than usual",
    "much_quicker": "it failed much quicker than it usually answers",
    "many_services": "several services fail here at once",
    "fresh_token_refused": "this run signed in with it a moment before",
    "limit_lowered": "it waited less than the step usually takes",
    "address_changed": "it talks to another address than when it last passed",
    "address_same": "the address is the one it passed with",
    "contradicts_itself": "the answer contradicts itself",
    "hours": "it fails at certain hours",
    "input_differs": "the request is unlike those of runs that passed",
    "input_from_environment": "what is unlike in the request comes from the environment",
    "leftover": "an earlier run left something behind",
    "made_just_now": "what it asks for was made moments before",
    "refused_to_all": "others with other credentials are refused too",
    "shape_changed": "the response has another shape than in runs that passed",
    "stalled": "it stalled, far above its usual duration",
    "many_flows": "other flows fail at this service too",
}


def says(rule: str) -> str:
    if found := _TEXTS.get(rule):
        return found
    kind, _, code = rule.partition("_")
    match kind:
        case "http":
            return f"the target answered {code}"
        case "grpc":
            return f"the target answered {code.upper()}"
        case "sqlstate":
            return f"the database refused, with an SQLSTATE of class {code}"
    return rule.replace("_", " ")
