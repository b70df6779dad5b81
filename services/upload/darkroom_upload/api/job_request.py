"""The options of a job as fields of a JSON body."""

from pydantic import BaseModel, ConfigDict

from darkroom_upload.intake.fields import Metadata, RecipeField, read_callback, recipe_text
from darkroom_upload.intake.options import Choose, JobOptions


class JobRequest(BaseModel):
    """A body that asks for a job. Its subclasses say of which file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    recipe: RecipeField = ""
    """A preset's name, or a recipe. The default is `web`."""
    metadata: Metadata = {}
    """Up to 16 texts of the client's own, which the job then shows."""
    callback_url: str = ""
    """The URL that gets a webhook when the job ends."""
    publish: bool | None = None
    """Whether the results get public addresses. The default is the recipe's `publish`, then that of the API key."""
    keep_original: bool | None = None
    """Whether the original is kept as long as the job. The default is the recipe's `keep_original`."""

    async def options(self, choose: Choose, *, allow_http: bool) -> JobOptions:
        """Return the options. `allow_http` says whether callback URLs may use plain HTTP.

        Raises InvalidRecipe, RecipeTooLarge, MalformedRequest and Unavailable.
        """
        return JobOptions(
            chosen=await choose(recipe_text(self.recipe)),
            metadata=self.metadata,
            callback_url=read_callback(self.callback_url, allow_http=allow_http),
            publish=self.publish,
            keep_original=self.keep_original,
        )
