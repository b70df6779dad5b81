"""Changes of an OpenAPI document that break clients.

A client breaks if a route, a parameter or a field goes away, if a request must say more or may say less than before, or
if an answer says less or something of another type. New routes, new optional fields and new values of enumerations in
answers break nobody: clients ignore what they do not know (see docs/compatibility.md).

Types that both documents name are compared once for requests and once for answers, so that a change is told once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

Json = dict[str, Any]

_UPPER_BOUNDS: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER_BOUNDS: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_FIXED: Final = ("const", "pattern", "format")


def breaking_changes(before: Json, after: Json) -> list[str]:
    """Return a sentence for each change from one document to the other that breaks a client."""
    return list(dict.fromkeys(_Comparison(before, after).routes()))


def narrowed_schema(name: str, before: Json, after: Json) -> list[str]:
    """Return a sentence for each document that the first JSON Schema allows and the second refuses."""
    old, new = ({"components": {"schemas": schema.get("$defs", {})}} for schema in (before, after))
    return list(dict.fromkeys(_Comparison(old, new).schema(name, before, after, sent=True)))


@dataclass(frozen=True)
class _Comparison:
    before: Json
    after: Json
    seen: set[tuple[str, str, bool]] = field(default_factory=set)

    def routes(self) -> Iterator[str]:
        old, new = _operations(self.before), _operations(self.after)
        for route, operation in old.items():
            if route not in new:
                yield f"{route} is gone"
            else:
                yield from self._operation(route, operation, new[route])

    def _operation(self, route: str, old: Json, new: Json) -> Iterator[str]:
        if extra := _scopes(new) - _scopes(old):
            yield f"{route} needs the scope {', '.join(sorted(extra))}"
        yield from self._parameters(route, _parameters(old), _parameters(new))
        yield from self._request(route, old.get("requestBody", {}), new.get("requestBody", {}))
        for status, answer in old["responses"].items():
            if status not in new["responses"]:
                if status.startswith("2"):
                    yield f"{route} no longer answers {status}"
            else:
                yield from self._answer(f"{route} {status}", answer, new["responses"][status])

    def _parameters(self, route: str, old: Json, new: Json) -> Iterator[str]:
        for name, parameter in new.items():
            if parameter.get("required") and not old.get(name, {}).get("required"):
                yield f"{route} requires the parameter {name}"
        for name, parameter in old.items():
            if name not in new:
                yield f"{route} no longer knows the parameter {name}"
            else:
                yield from self.schema(f"{route} {name}", parameter["schema"], new[name]["schema"], sent=True)

    def _request(self, route: str, old: Json, new: Json) -> Iterator[str]:
        if new.get("required") and not old.get("required"):
            yield f"{route} requires a body"
        yield from self._content(f"{route} body", old.get("content", {}), new.get("content", {}), sent=True)

    def _answer(self, where: str, old: Json, new: Json) -> Iterator[str]:
        for name in old.get("headers", {}).keys() - new.get("headers", {}).keys():
            yield f"{where} no longer has the header {name}"
        yield from self._content(where, old.get("content", {}), new.get("content", {}), sent=False)

    def _content(self, where: str, old: Json, new: Json, *, sent: bool) -> Iterator[str]:
        for media_type, content in old.items():
            if media_type not in new:
                yield f"{where} is no longer {media_type}"
            else:
                yield from self.schema(where, content.get("schema", {}), new[media_type].get("schema", {}), sent=sent)

    def schema(self, where: str, old: Json, new: Json, *, sent: bool) -> Iterator[str]:
        """Compare what two schemas allow. A client sends what they describe, or reads it."""
        if "$ref" in old and "$ref" in new:
            where = _name(old) + (" (in requests)" if sent else " (in answers)")
            pair = (old["$ref"], new["$ref"], sent)
            if pair in self.seen:
                return
            self.seen.add(pair)
        before, after = self._alternatives(self.before, old), self._alternatives(self.after, new)
        if len(before) == len(after) == 1:
            (one,), (other,) = before.values(), after.values()
            yield from self._plain(where, _target(self.before, one), _target(self.after, other), sent=sent)
            return
        lost = before.keys() - after.keys() if sent else after.keys() - before.keys()
        for kind in sorted(lost):
            yield f"{where} can no longer be {kind}" if sent else f"{where} can now be {kind}"
        for kind in before.keys() & after.keys():
            yield from self.schema(where, before[kind], after[kind], sent=sent)

    def _alternatives(self, document: Json, schema: Json) -> dict[str, Json]:
        """Return the alternatives of a schema by what they are called: their type's name, or the JSON type."""
        options = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
        if options and len(options) > 1:
            return {name: one for option in options for name, one in self._alternatives(document, option).items()}
        if options:
            return self._alternatives(document, options[0])
        if "$ref" in schema:
            target = _target(document, schema)
            return (
                self._alternatives(document, target) if {"anyOf", "oneOf"} & target.keys() else {_name(schema): schema}
            )
        kinds = schema.get("type", "anything")
        if isinstance(kinds, list):
            return {kind: {**schema, "type": kind} for kind in kinds}
        return {f"{kinds} {schema['const']}" if "const" in schema else kinds: schema}

    def _plain(self, where: str, old: Json, new: Json, *, sent: bool) -> Iterator[str]:
        if old.get("type") != new.get("type"):
            yield f"{where} is {new.get('type', 'anything')} instead of {old.get('type', 'anything')}"
            return
        if sent:
            yield from _narrowed(where, old, new)
        yield from self._fields(where, old, new, sent=sent)
        for part in ("items", "additionalProperties"):
            if isinstance(old.get(part), dict) and isinstance(new.get(part), dict):
                yield from self.schema(f"{where}[]", old[part], new[part], sent=sent)

    def _fields(self, where: str, old: Json, new: Json, *, sent: bool) -> Iterator[str]:
        fields, kept = old.get("properties", {}), new.get("properties", {})
        must, must_now = set(old.get("required", [])), set(new.get("required", []))
        for name in sorted((must_now - must) if sent else (must - must_now) & kept.keys()):
            yield f"{where}.{name} is required" if sent else f"{where}.{name} may be missing"
        for name, schema in fields.items():
            if name not in kept:
                yield f"{where}.{name} is gone"
            else:
                yield from self.schema(f"{where}.{name}", schema, kept[name], sent=sent)


def _narrowed(where: str, old: Json, new: Json) -> Iterator[str]:
    """What a request could say before, and no longer can."""
    words: list[Any] = old.get("enum", [])
    kept: list[Any] = new.get("enum", words)
    yield from (f"{where} can no longer be {word!r}" for word in words if word not in kept)
    for name in _UPPER_BOUNDS:
        if name in new and new[name] < old.get(name, float("inf")):
            yield f"{where} has {name} {new[name]} instead of {old.get(name, 'none')}"
    for name in _LOWER_BOUNDS:
        if name in new and new[name] > old.get(name, float("-inf")):
            yield f"{where} has {name} {new[name]} instead of {old.get(name, 'none')}"
    for name in _FIXED:
        if name in new and new[name] != old.get(name):
            yield f"{where} has {name} {new[name]!r} instead of {old.get(name, 'none')!r}"


def _operations(document: Json) -> dict[str, Json]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def _parameters(operation: Json) -> dict[str, Json]:
    return {f"{one['in']} {one['name']}": one for one in operation.get("parameters", [])}


def _scopes(operation: Json) -> set[str]:
    return {scope for way in operation.get("security", []) for scopes in way.values() for scope in scopes}


def _target(document: Json, schema: Json) -> Json:
    """Return the schema itself, or the one that it refers to."""
    found: Json = document["components"]["schemas"][_name(schema)] if "$ref" in schema else schema
    return found


def _name(schema: Json) -> str:
    reference: str = schema["$ref"]
    return reference.rpartition("/")[2]
