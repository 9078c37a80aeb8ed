"""The JSON schema of a case file, for editors."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from femna.case.model import Case


class _FileSchema(GenerateJsonSchema):
    """Describes what a file holds: texts with a unit, and no null, which TOML does not have."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        described = super().default_schema(schema)
        if "default" not in described:
            return described
        default = described.pop("default")
        inner: Any = schema["schema"]
        writer = inner.get("serialization", {}).get("function")
        if isinstance(default, float) and writer is not None:
            default = writer(default)
        return described if default is None else {**described, "default": _without_null(default)}


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_null(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_null(item) for item in value]
    return value


def json_schema() -> dict[str, Any]:
    """Return the schema of what a file holds: quantities are texts with a unit."""
    schema = Case.model_json_schema(schema_generator=_FileSchema, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
