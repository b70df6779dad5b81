/** The API's types, generated from its description, and a small wrapper of `fetch` that knows its paths and errors. */

import type { components } from "./api";

export { type Answer, Client, type ClientOptions, type RequestOptions } from "./client";
export { ApiError, type Problem, Unreachable } from "./errors";
export { type ServerEvent, serverEvents } from "./events";
export { idempotencyKey } from "./idempotency";
export type { Upload } from "./upload";

type Schemas = components["schemas"];

export type Attempt = Schemas["AttemptBody"];
export type Config = Schemas["ConfigBody"];
export type Deliveries = Schemas["DeliveriesBody"];
export type Job = Schemas["JobBody"];
export type JobPage = Schemas["JobPage"];
export type JobStatus = Schemas["JobStatus"];
export type JobSummary = Schemas["JobSummaryBody"];
export type JobTile = Schemas["JobTileBody"];
export type Markup = Schemas["MarkupBody"];
export type Plan = Schemas["PlanBody"];
export type Preset = Schemas["PresetBody"];
export type Session = Schemas["SessionBody"];
export type Usage = Schemas["UsageBody"];
export type Variant = Schemas["VariantBody"];
export type { components, paths } from "./api";
