import datetime

from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Availability(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    UNKNOWN: _ClassVar[Availability]
    IN_STOCK: _ClassVar[Availability]
    SOLD_OUT: _ClassVar[Availability]
UNKNOWN: Availability
IN_STOCK: Availability
SOLD_OUT: Availability

class Wish(_message.Message):
    __slots__ = ("category", "limit", "at_most_cents", "between", "without")
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    AT_MOST_CENTS_FIELD_NUMBER: _ClassVar[int]
    BETWEEN_FIELD_NUMBER: _ClassVar[int]
    WITHOUT_FIELD_NUMBER: _ClassVar[int]
    category: str
    limit: int
    at_most_cents: int
    between: Range
    without: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, category: _Optional[str] = ..., limit: _Optional[int] = ..., at_most_cents: _Optional[int] = ..., between: _Optional[_Union[Range, _Mapping]] = ..., without: _Optional[_Iterable[str]] = ...) -> None: ...

class Range(_message.Message):
    __slots__ = ("low_cents", "high_cents")
    LOW_CENTS_FIELD_NUMBER: _ClassVar[int]
    HIGH_CENTS_FIELD_NUMBER: _ClassVar[int]
    low_cents: int
    high_cents: int
    def __init__(self, low_cents: _Optional[int] = ..., high_cents: _Optional[int] = ...) -> None: ...

class Recommendation(_message.Message):
    __slots__ = ("products", "made_at")
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    MADE_AT_FIELD_NUMBER: _ClassVar[int]
    products: _containers.RepeatedCompositeFieldContainer[Product]
    made_at: _timestamp_pb2.Timestamp
    def __init__(self, products: _Optional[_Iterable[_Union[Product, _Mapping]]] = ..., made_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Product(_message.Message):
    __slots__ = ("sku", "name", "price_cents", "availability", "attributes", "digest")
    SKU_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PRICE_CENTS_FIELD_NUMBER: _ClassVar[int]
    AVAILABILITY_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    sku: str
    name: str
    price_cents: int
    availability: Availability
    attributes: _struct_pb2.Struct
    digest: bytes
    def __init__(self, sku: _Optional[str] = ..., name: _Optional[str] = ..., price_cents: _Optional[int] = ..., availability: _Optional[_Union[Availability, str]] = ..., attributes: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., digest: _Optional[bytes] = ...) -> None: ...

class Line(_message.Message):
    __slots__ = ("sku", "quantity")
    SKU_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    sku: str
    quantity: int
    def __init__(self, sku: _Optional[str] = ..., quantity: _Optional[int] = ...) -> None: ...

class Basket(_message.Message):
    __slots__ = ("total_cents", "quantities")
    class QuantitiesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    TOTAL_CENTS_FIELD_NUMBER: _ClassVar[int]
    QUANTITIES_FIELD_NUMBER: _ClassVar[int]
    total_cents: int
    quantities: _containers.ScalarMap[str, int]
    def __init__(self, total_cents: _Optional[int] = ..., quantities: _Optional[_Mapping[str, int]] = ...) -> None: ...

class Price(_message.Message):
    __slots__ = ("sku", "price_cents", "was_cents")
    SKU_FIELD_NUMBER: _ClassVar[int]
    PRICE_CENTS_FIELD_NUMBER: _ClassVar[int]
    WAS_CENTS_FIELD_NUMBER: _ClassVar[int]
    sku: str
    price_cents: int
    was_cents: int
    def __init__(self, sku: _Optional[str] = ..., price_cents: _Optional[int] = ..., was_cents: _Optional[int] = ...) -> None: ...
