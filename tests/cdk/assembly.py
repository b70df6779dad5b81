"""Reads synthesized templates."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Template:
    """The template of one stack."""

    body: Json

    def all(self, resource_type: str) -> dict[str, Json]:
        """Return the resources of a type by logical id: type, properties, policies."""
        return {key: each for key, each in self.body.get("Resources", {}).items() if each["Type"] == resource_type}

    def properties(self, resource_type: str) -> list[Json]:
        """Return the properties of all resources of a type, without their tags."""
        return [
            {key: value for key, value in each.get("Properties", {}).items() if key != "Tags"}
            for each in self.all(resource_type).values()
        ]

    def named(self, resource_type: str, key: str, value: object) -> Json:
        """Return the properties of the one resource of a type in which `key` has this value."""
        (found,) = [each for each in self.properties(resource_type) if each.get(key) == value]
        return found

    @property
    def types(self) -> set[str]:
        """Types of all resources."""
        return {each["Type"] for each in self.body.get("Resources", {}).values()}


@dataclass(frozen=True)
class Assembly:
    """The output of one synthesis."""

    directory: Path

    def __getitem__(self, stack: str) -> Template:
        return Template(json.loads((self.directory / f"{stack}.template.json").read_text()))

    @property
    def stacks(self) -> dict[str, Template]:
        """Templates by their stacks' ids."""
        names = (path.name.removesuffix(".template.json") for path in self.directory.glob("*.template.json"))
        return {name: self[name] for name in sorted(names)}

    def waits_for(self, stack: str) -> set[str]:
        """Return the stacks that are deployed before this one."""
        manifest = json.loads((self.directory / "manifest.json").read_text())["artifacts"]
        return {each for each in manifest[stack]["dependencies"] if not each.endswith(".assets")}

    @property
    def findings(self) -> list[Json]:
        """Return the findings of cdk-nag and of the CDK itself."""
        report = self.directory / "validation-report.json"
        plugins = json.loads(report.read_text())["pluginReports"] if report.exists() else []
        return [finding for plugin in plugins for finding in plugin["violations"]]


def text(value: Any) -> str:
    """Return a value with short intrinsic functions: `<AWS::AccountId>`, `<Queue.Arn>`; imports by their targets."""
    if not isinstance(value, dict):
        return str(value)
    ((function, argument),) = value.items()
    match function:
        case "Ref":
            return f"<{_unhashed(argument)}>"
        case "Fn::GetAtt":
            return f"<{_unhashed(argument[0])}.{argument[1]}>"
        case "Fn::Join":
            return str(argument[0].join(text(part) for part in argument[1]))
        case "Fn::ImportValue":
            return f"<{_imported(argument)}>"
        case _:
            return json.dumps(value)


def _unhashed(logical_id: str) -> str:
    """Return a logical id without the CDK's hash at its end."""
    return logical_id if logical_id.startswith("AWS::") else re.sub(r"[0-9A-F]{8}$", "", logical_id)


def _imported(export: str) -> str:
    """Return `id.attribute` for the export `stack:ExportsOutputFnGetAtt<id><hash><attribute><hash>`."""
    found = re.fullmatch(r".*:ExportsOutput(?:FnGetAtt|Ref)(\w+?)[0-9A-F]{8}(\w*?)(?:[0-9A-F]{8})?", export)
    assert found, export
    return ".".join(part for part in found.groups() if part)


def statements(template: Template, resource_type: str) -> Iterator[Json]:
    """Yield all statements of all policies of a type."""
    for properties in template.properties(resource_type):
        yield from properties["PolicyDocument"]["Statement"]
