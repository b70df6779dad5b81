"""Makes the markup of a job."""

from collections.abc import Collection
from dataclasses import dataclass

from darkroom.errors import Conflict, MalformedRequest, NotFound
from darkroom.job_details import JobDetails
from darkroom.jobs import Job
from darkroom.public_copies import has_public_copies
from darkroom.recipes import Recipe
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.markup.candidates import Candidate, LeftOut, candidates_of
from darkroom_upload.markup.markup import Markup
from darkroom_upload.markup.picture import picture_of
from darkroom_upload.planning.plan_recipe import described_source
from darkroom_upload.results.result_links import ResultLinks


@dataclass(frozen=True, kw_only=True)
class MakeMarkup:
    """Makes the markup with which a page shows the published results of a job."""

    jobs: JobReader
    links: ResultLinks

    async def __call__(
        self, job_id: str, owner: str, *, variants: Collection[str] | None, sizes: str, alt: str
    ) -> Markup:
        """Return the markup. `variants` are the names of those that it may have; None allows all.

        Raises NotFound; Conflict unless the job is published, has ended, and has an image that browsers show;
        MalformedRequest for a name that the recipe does not have; Unavailable.
        """
        job, details = await self.jobs.owned_with_details(job_id, owner)
        _require_published(job)
        recipe = await self.jobs.recipe_of(job_id)
        if recipe is None:
            raise NotFound("There is no such job.")
        return self._markup(job, details, _narrowed(recipe, variants), sizes=sizes, alt=alt)

    def _markup(self, job: Job, details: JobDetails, recipe: Recipe, *, sizes: str, alt: str) -> Markup:
        found = list(candidates_of(job, recipe, described_source(job, details), self.links))
        candidates = [each for each in found if isinstance(each, Candidate)]
        left_out = [each for each in found if isinstance(each, LeftOut)]
        if not candidates:
            reasons = "; ".join(f"{each.variant}: {each.reason}" for each in left_out)
            raise Conflict(f"No variant can be shown by browsers. {reasons}" if reasons else "The job has no variants.")
        picture, more = picture_of(candidates)
        description = details.description
        color = description.dominant_color if description else None
        return Markup(
            picture=picture,
            alt=alt,
            sizes=sizes,
            # A colour behind a transparent image would stay visible.
            background=color if picture.is_opaque else None,
            thumbhash=description.thumbhash if description else "",
            left_out=(*left_out, *more),
        )


def _require_published(job: Job) -> None:
    if not job.published:
        raise Conflict(f"The job is not published. Send PUT /jobs/{job.job_id}/published first.")
    if not has_public_copies(job):
        yet = " yet" if job.status.is_open else ""
        raise Conflict(f"The job is {job.status}: its results have no public addresses{yet}.")


def _narrowed(recipe: Recipe, names: Collection[str] | None) -> Recipe:
    if names is None:
        return recipe
    known = [variant.name for variant in recipe.variants]
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise MalformedRequest(
            f"The job's recipe has no variant {', '.join(unknown)}. Its variants: {', '.join(known) or 'none'}."
        )
    return Recipe(variants=tuple(variant for variant in recipe.variants if variant.name in names))
