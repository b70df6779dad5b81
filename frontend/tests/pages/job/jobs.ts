/** Jobs for tests, as the API describes them. */

import type { Job, Variant } from "@darkroom/client";

export const NOW = Date.parse("2026-11-30T12:00:00.000Z");

export function variant(name: string, changes: Partial<Variant> = {}): Variant {
  return {
    name,
    status: "completed",
    content_type: "image/webp",
    bytes: 100,
    width: 320,
    height: 240,
    sha256: "2a",
    key: `${name}/job/camera.webp`,
    url: "https://storage/signed",
    public_url: null,
    warnings: [],
    error: null,
    ...changes,
  };
}

export function failedVariant(name: string, code: string, message = "It cannot be made."): Variant {
  return variant(name, {
    status: "failed",
    content_type: null,
    bytes: null,
    width: null,
    height: null,
    error: { code, message },
  });
}

export function job(changes: Partial<Job> = {}, source: Partial<Job["source"]> = {}): Job {
  return {
    job_id: "01a2",
    status: "completed",
    recipe: "web",
    preset: { name: "web", version: null },
    attempt: 1,
    progress: { done: 1, failed: 0, total: 1 },
    created_at: "2026-11-30T11:59:00.000Z",
    queued_at: "2026-11-30T11:59:00.100Z",
    started_at: "2026-11-30T11:59:00.300Z",
    completed_at: "2026-11-30T11:59:01.000Z",
    updated_at: "2026-11-30T11:59:01.000Z",
    retryable: false,
    retry_refusal: null,
    original: { url: "/jobs/01a2/original", bytes: 1000, kept: false, expires_at: "2026-12-07T11:59:00.000Z" },
    original_of: null,
    results_expire_at: null,
    thumbnail: null,
    variants: [variant("card")],
    manifest: null,
    public: false,
    cost: { cpu_ms: 20, bytes_read: 1000, bytes_written: 100 },
    error: null,
    metadata: {},
    ...changes,
    source: {
      filename: "camera.jpg",
      content_type: "image/jpeg",
      bytes: 1000,
      sha256: "6b",
      format: "jpeg",
      width: 640,
      height: 480,
      mode: "RGB",
      has_alpha: false,
      frames: 1,
      orientation: 1,
      dpi: null,
      icc_profile: null,
      dominant_color: "#776d56",
      thumbhash: null,
      imported_from: null,
      exif: {},
      has_gps: false,
      ...source,
    },
  };
}
