"""The expression language (FLOW_LANGUAGE §4).

`parse.parse(text)` gives an Expression, `evaluate.evaluate(expression, scope)` its value, `errors` what can go wrong.
Bounded in time, depth and size; it reaches neither Python nor the outside. Nothing is imported here: the modules of the
language need each other's parts, and this one is loaded before any of them.
"""
