"""How a flow is checked: `flow` and `step` read the document, `config` looks at an action's keys, `names` at texts."""
