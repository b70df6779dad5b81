"""Darkroom's API from Python: upload images, follow jobs, fetch results.

    with Client("http://localhost:8000", "local-dev-key") as darkroom:
        job = darkroom.wait(darkroom.upload("cat.jpg", recipe="thumbnails"))
        darkroom.download(job, "out")

`AsyncClient` has the same methods as coroutines. `recipes` has the recipe language as models, `errors` the tree of
errors.
"""

from darkroom_client import errors, recipes
from darkroom_client.actions import Action, ActionKind, Outcome
from darkroom_client.async_client import AsyncClient
from darkroom_client.changes import Change, JobChanged, JobGone, LoadAgain
from darkroom_client.client import Client
from darkroom_client.config import Config
from darkroom_client.errors import DarkroomError, Problem
from darkroom_client.jobs import Job, JobStatus, JobSummary, Receipt, Variant, VariantStatus
from darkroom_client.markup import Markup
from darkroom_client.plans import Image, Plan
from darkroom_client.presets import Preset, PresetSummary, PresetVersion
from darkroom_client.recipes import Recipe
from darkroom_client.retry_policy import RetryPolicy
from darkroom_client.usage import Usage
from darkroom_client.webhook_deliveries import Deliveries, WebhookSecret
from darkroom_client.webhooks import WebhookEvent, verify_webhook

__all__ = [
    "Action",
    "ActionKind",
    "AsyncClient",
    "Change",
    "Client",
    "Config",
    "DarkroomError",
    "Deliveries",
    "Image",
    "Job",
    "JobChanged",
    "JobGone",
    "JobStatus",
    "JobSummary",
    "LoadAgain",
    "Markup",
    "Outcome",
    "Plan",
    "Preset",
    "PresetSummary",
    "PresetVersion",
    "Problem",
    "Receipt",
    "Recipe",
    "RetryPolicy",
    "Usage",
    "Variant",
    "VariantStatus",
    "WebhookEvent",
    "WebhookSecret",
    "errors",
    "recipes",
    "verify_webhook",
]
