"""What a request asks for its job besides the file."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from darkroom.errors import MalformedRequest
from darkroom_upload.intake.choose_recipe import ChosenRecipe
from darkroom_upload.intake.fields import read_callback, read_metadata

OPTION_FIELDS: Final = ("recipe", "metadata", "callback_url", "publish", "keep_original")
"""Names of the fields of a form that are options."""

Choose = Callable[[str], Awaitable[ChosenRecipe]]
"""Resolves the text of the field `recipe` for one owner. Raises InvalidRecipe and Unavailable."""

_TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, kw_only=True)
class JobOptions:
    """The options of a job."""

    chosen: ChosenRecipe
    metadata: Mapping[str, str] = field(default_factory=dict)
    callback_url: str | None = None
    publish: bool | None = None
    """None if the request does not say: then the recipe and the API key decide."""
    keep_original: bool | None = None
    """None if the request does not say: then the recipe and the API key decide."""

    def is_published(self, *, otherwise: bool) -> bool:
        """Return whether the job's results get public addresses. `otherwise` is the default of the API key."""
        return self.chosen.recipe.publish or otherwise if self.publish is None else self.publish

    def keeps_original(self, *, otherwise: bool) -> bool:
        """Return whether the original is kept as long as the job. `otherwise` is the default of the API key."""
        return self.chosen.recipe.keep_original or otherwise if self.keep_original is None else self.keep_original

    @property
    def stated(self) -> tuple[object, ...]:
        """Return what the request says, for its fingerprint. Equal requests have equal values."""
        return (
            self.chosen.text,
            self.callback_url or "",
            sorted(self.metadata.items()),
            self.publish,
            self.keep_original,
        )


class OptionsReader:
    """Reads options from the fields of a form, one by one. Each is checked when it arrives."""

    def __init__(self, *, choose: Choose, allow_http: bool) -> None:
        """`allow_http` says whether callback URLs may use plain HTTP."""
        self._choose = choose
        self._allow_http = allow_http
        self._chosen: ChosenRecipe | None = None
        self._metadata: Mapping[str, str] = {}
        self._callback_url: str | None = None
        self._publish: bool | None = None
        self._keep_original: bool | None = None

    async def read(self, name: str, value: str) -> None:
        """Read one field. An empty value means the default. Raises MalformedRequest, InvalidRecipe and Unavailable."""
        match name:
            case "recipe":
                self._chosen = await self._choose(value)
            case "metadata":
                self._metadata = read_metadata(value)
            case "callback_url":
                self._callback_url = read_callback(value, allow_http=self._allow_http)
            case "publish":
                self._publish = _truth(name, value)
            case "keep_original":
                self._keep_original = _truth(name, value)

    @property
    def recipe_name(self) -> str | None:
        """Return the name of the recipe, or None before its field has arrived."""
        return self._chosen.name if self._chosen else None

    async def options(self) -> JobOptions:
        """Return the options, after the last field."""
        return JobOptions(
            chosen=self._chosen or await self._choose(""),
            metadata=self._metadata,
            callback_url=self._callback_url,
            publish=self._publish,
            keep_original=self._keep_original,
        )


def _truth(name: str, value: str) -> bool | None:
    if not value:
        return None
    truth = _TRUTHS.get(value.lower())
    if truth is None:
        raise MalformedRequest(f'The field "{name}" must be true or false.')
    return truth
