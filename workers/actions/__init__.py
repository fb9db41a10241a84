"""Every action a worker can do. To add one: write <name>.py, then a line here."""

from workers.actions.assert_ import Assert
from workers.actions.base import ActionRegistry
from workers.actions.delay import Delay
from workers.actions.log import Log
from workers.actions.set_ import Set

ACTIONS = ActionRegistry(
    [
        Delay(),
        Log(),
        Assert(),
        Set(),
    ]
)
