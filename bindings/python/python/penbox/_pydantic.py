"""Results as fields of pydantic's models and as answers of FastAPI.

Nothing here is loaded before pydantic asks a class of results for its schema, and the package
depends on neither.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from penbox._json import to_json
from penbox.errors import InvalidArgumentError

if TYPE_CHECKING:
    from penbox._native import Model


def core_schema(cls: type[Model]) -> Any:
    """The schema of a class of results.

    A result of the class is taken as it is; a mapping, and an object of JSON, as what the server
    would have sent. Given out it is plain, with all that the server sent.
    """
    from pydantic_core import core_schema as schemas

    def validate(value: Any) -> Model:
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            raise ValueError(f"it must be a {cls.__name__} or a mapping")
        try:
            return cls.from_json(json.dumps(dict(value), default=to_json, allow_nan=False))
        except (TypeError, InvalidArgumentError) as error:
            raise ValueError(str(error)) from error

    described = {
        "title": cls.__name__,
        "type": "object",
        "description": cls.__doc__ or "",
        "additionalProperties": True,
    }
    return schemas.no_info_plain_validator_function(
        validate,
        serialization=schemas.plain_serializer_function_ser_schema(to_json),
        metadata={"pydantic_js_functions": [lambda _schema, _handler: dict(described)]},
    )


_serializers: dict[type[Model], Any] = {}


def serializer(cls: type[Model]) -> Any:
    """The serializer of a class of results.

    Raises:
        AttributeError: There is no pydantic.
    """
    if cls not in _serializers:
        try:
            from pydantic_core import SchemaSerializer
        except ImportError as error:
            raise AttributeError("__pydantic_serializer__ needs pydantic") from error
        _serializers[cls] = SchemaSerializer(core_schema(cls))
    return _serializers[cls]
