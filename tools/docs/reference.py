"""Renders an OpenAPI document as Markdown: each route with parameters, body and answers, then each type."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

Json = dict[str, Any]

_BOUNDS: Final = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
}


def rendered(document: Json) -> str:
    """Return the page, in Markdown with tables and fenced blocks."""
    parts = [
        f"# API reference\n\n{document['info']['description']}",
        f"Version {document['info']['version']}, made from [openapi.json](openapi.json).",
        "[The page on the API](api.md) explains what belongs together.",
    ]
    for tag in document.get("tags", []):
        parts.append(f"## {tag['name'].capitalize()}\n\n{tag['description']}")
        for path, operations in document["paths"].items():
            parts += [_route(method, path, it) for method, it in operations.items() if tag["name"] in it["tags"]]
    parts.append("## Types")
    parts += [_type(name, schema) for name, schema in sorted(document["components"]["schemas"].items())]
    return "\n\n".join(parts) + "\n"


def _route(method: str, path: str, operation: Json) -> str:
    scopes = sorted({scope for way in operation.get("security", []) for named in way.values() for scope in named})
    parts = [f"### {method.upper()} {path}", f"**{operation['summary']}.** {operation.get('description', '')}".strip()]
    if scopes:
        parts.append(f"Needs the scope {', '.join(f'`{scope}`' for scope in scopes)}.")
    if parameters := operation.get("parameters"):
        rows = (
            (f"`{one['name']}`", one["in"], _said(one["schema"], required=one.get("required", False)), _words(one))
            for one in parameters
        )
        parts.append(_table(("parameter", "in", "type", "meaning"), rows))
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(_body(media_type, content.get("schema", {})))
    answers = ((status, _answer(answer), _words(answer)) for status, answer in operation["responses"].items())
    parts.append(_table(("status", "body", "when"), answers))
    return "\n\n".join(parts)


def _body(media_type: str, schema: Json) -> str:
    said = f"Body, `{media_type}`: {_kind(schema)}"
    return f"{said}\n\n{_fields(schema)}" if schema.get("properties") else said


def _answer(answer: Json) -> str:
    kinds = (f"{_kind(content.get('schema', {}))}, `{name}`" for name, content in answer.get("content", {}).items())
    return "; ".join(kinds) or "–"


def _type(name: str, schema: Json) -> str:
    described = schema.get("description", "")
    shown = _fields(schema) if "properties" in schema else _said(schema, required=True)
    return "\n\n".join(part for part in (f"### {name}", described, shown) if part)


def _fields(schema: Json) -> str:
    required = schema.get("required", [])
    rows = (
        (f"`{name}`", _said(field, required=name in required), _words(field))
        for name, field in schema["properties"].items()
    )
    return _table(("field", "type", "meaning"), rows)


def _said(schema: Json, *, required: bool) -> str:
    """Say a type, and whether it has to be given."""
    if required:
        return f"{_kind(schema)}, required"
    return f"{_kind(schema)}, default `{json.dumps(schema['default'])}`" if "default" in schema else _kind(schema)


def _kind(schema: Json) -> str:
    """Say a type: its name with a link, its words, or the JSON type with its bounds."""
    options = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if options:
        return " or ".join(dict.fromkeys(_kind(option) for option in options))
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    kind = schema.get("type", "anything")
    said = " or ".join(kind) if isinstance(kind, list) else str(kind)
    if kind == "array":
        said = f"list of {_kind(schema['items'])}" if "items" in schema else "list"
    bounds = ", ".join(text.format(f"{schema[name]:.12g}") for name, text in _BOUNDS.items() if name in schema)
    return f"{said} ({bounds})" if bounds else said


def _words(part: Json) -> str:
    return " ".join(str(part.get("description", "")).split())


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    def lines() -> Iterator[str]:
        for cells in (head, ("---",) * len(head), *rows):
            yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"

    return "\n".join(lines())
