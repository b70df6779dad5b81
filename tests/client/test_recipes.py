"""The models of the client describe what the service describes."""

import json
from pathlib import Path
from typing import Any

import pytest

from darkroom.recipes import Recipe as ServiceRecipe
from darkroom.recipes import load_presets, parse_recipe
from darkroom_client import jobs, markup, plans, usage
from darkroom_client.recipes import Blur, Focus, Output, OutputFormat, Recipe, Resize, Variant, Watermark
from darkroom_client.response_model import ResponseModel
from darkroom_client.webhook_deliveries import Attempt, Deliveries, WebhookSecret
from tests.client.shapes import shape_of

API = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())["components"]["schemas"]


def test_recipe_models_match_the_schema_of_the_service() -> None:
    theirs, ours = ServiceRecipe.model_json_schema(), Recipe.model_json_schema()
    assert shape_of(ours) == shape_of(theirs)


@pytest.mark.parametrize(
    ("model", "named"),
    [
        (jobs.Job, "JobBody"),
        (jobs.Source, "SourceBody"),
        (jobs.Variant, "VariantBody"),
        (jobs.Progress, "ProgressBody"),
        (jobs.Cost, "Cost"),
        (jobs.Fault, "ErrorBody"),
        (jobs.Manifest, "ManifestBody"),
        (jobs.ResultWarning, "VariantWarningBody"),
        (jobs.JobPage, "JobPage"),
        (jobs.JobSummary, "JobSummaryBody"),
        (plans.Plan, "PlanBody"),
        (plans.PlannedImage, "PlannedImageBody"),
        (plans.PlannedVariant, "PlannedVariantBody"),
        (plans.PlannedTask, "PlannedTaskBody"),
        (plans.PlanWarning, "WarningBody"),
        (markup.Markup, "MarkupBody"),
        (markup.ImageSet, "ImageSetBody"),
        (markup.Candidate, "CandidateBody"),
        (markup.LeftOut, "LeftOutBody"),
        (usage.Usage, "UsageBody"),
        (usage.Rate, "RateBody"),
        (usage.Quota, "QuotaBody"),
        (Deliveries, "DeliveriesBody"),
        (Attempt, "AttemptBody"),
        (WebhookSecret, "SecretBody"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_answer_models_have_all_fields_of_the_api(model: type[ResponseModel], named: str) -> None:
    assert set(model.model_fields) == set(API[named]["properties"])


def test_statuses_are_those_of_the_api() -> None:
    assert list(jobs.JobStatus) == API["JobStatus"]["enum"]
    assert list(jobs.VariantStatus) == API["VariantStatus"]["enum"]


def test_image_of_a_plan_has_all_fields_of_the_api() -> None:
    assert set(plans.Image.model_fields) == set(API["ImageFacts"]["properties"])


def test_recipe_says_only_what_was_said() -> None:
    recipe = Recipe(
        variants=(
            Variant(name="card", operations=(Resize(width=640, position=Focus(x=0.5, y=0.2)), Blur())),
            Variant(name="plain", output=Output(format=OutputFormat.WEBP)),
        )
    )
    assert recipe.as_document() == {
        "variants": [
            {
                "name": "card",
                "operations": [
                    {"op": "resize", "width": 640, "position": {"x": 0.5, "y": 0.2}},
                    {"op": "blur"},
                ],
            },
            {"name": "plain", "output": {"format": "webp"}},
        ]
    }


def test_recipe_means_the_same_to_the_service() -> None:
    recipe = Recipe(variants=(Variant(name="it", operations=(Watermark(text="©", tile=True), Resize(height=9))),))
    theirs = parse_recipe(recipe.as_json())
    assert json.loads(theirs.stored) == json.loads(recipe.model_dump_json())


def test_every_preset_can_be_read_and_written_unchanged() -> None:
    for preset in load_presets().values():
        document: dict[str, Any] = preset.model_dump(mode="json", exclude_unset=True)
        assert Recipe.model_validate(document).as_document() == document


def test_misspelt_field_is_an_error() -> None:
    with pytest.raises(ValueError, match="widht"):
        Resize.model_validate({"op": "resize", "widht": 3})
