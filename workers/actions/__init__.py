"""Every action a worker can do. To add one: write <name>.py, then a line here."""

from workers.actions.assert_ import Assert
from workers.actions.base import ActionRegistry
from workers.actions.condition import Condition
from workers.actions.database_query import DatabaseQuery
from workers.actions.db_poll import DbPoll
from workers.actions.delay import Delay
from workers.actions.for_each import ForEach
from workers.actions.grpc_call import GrpcCall
from workers.actions.grpc_stream import GrpcStream
from workers.actions.http_request import HttpRequest
from workers.actions.kafka_consumer import KafkaConsumer
from workers.actions.kafka_producer import KafkaProducer
from workers.actions.log import Log
from workers.actions.parallel import Parallel
from workers.actions.redis_del import RedisDel
from workers.actions.redis_exists import RedisExists
from workers.actions.redis_get import RedisGet
from workers.actions.redis_set import RedisSet
from workers.actions.run_flow import RunFlow
from workers.actions.set_ import Set
from workers.actions.wait_for import WaitFor
from workers.actions.wait_until import WaitUntil

ACTIONS = ActionRegistry(
    [
        HttpRequest(),
        DatabaseQuery(),
        KafkaProducer(),
        KafkaConsumer(),
        RedisGet(),
        RedisSet(),
        RedisDel(),
        RedisExists(),
        GrpcCall(),
        GrpcStream(),
        Delay(),
        Log(),
        Assert(),
        Set(),
        Condition(),
        ForEach(),
        Parallel(),
        WaitFor(),
        WaitUntil(),
        DbPoll(),
        RunFlow(),
    ]
)
