/** What can be compared: the original, and each result that browsers show. */

import type { Job, Variant } from "@darkroom/client";
import { api } from "../../session/api";
import type { Size } from "./zoom";

/** Id of the original among the sides. No variant can have it: names begin with a letter or a digit. */
export const ORIGINAL = "@original";

export interface Side extends Size {
  id: string;
  label: string;
  /** Address of the image. It leads to a fresh link, so it can be used as long as the page is open. */
  src: string;
  bytes: number | null;
}

export interface Pair {
  left: Side;
  /** Null while there is nothing to compare. */
  right: Side | null;
}

const SHOWN = /^image\/(?:jpeg|png|webp|gif|avif|bmp)$/;

/** Return the sides of a job, the original first. `isGone` says that the original could not be loaded. */
export function sidesOf(job: Job, now: number, isGone = false): Side[] {
  return [originalOf(job, now, isGone), ...job.variants.map((variant) => sideOf(job.job_id, variant))].filter(
    (side) => side !== null,
  );
}

/** Return the two sides that the address names. Those that it does not are the original, and the largest other one. */
export function pairOf(sides: readonly Side[], left: string | null, right: string | null): Pair | null {
  const named = (id: string | null) => sides.find((side) => side.id === id);
  const chosenRight = named(right);
  const others = sides.filter(({ id }) => id !== chosenRight?.id);
  const chosenLeft = named(left) ?? others.find(({ id }) => id === ORIGINAL) ?? largest(others) ?? chosenRight;
  if (!chosenLeft) return null;
  const rest = sides.filter(({ id }) => id !== chosenLeft.id && id !== ORIGINAL);
  if (chosenRight && chosenRight.id === chosenLeft.id) return { left: chosenLeft, right: null };
  return { left: chosenLeft, right: chosenRight ?? largest(rest) };
}

/** Why the original cannot be seen or used again, in a sentence; empty if it can. */
export function originalRefusal(job: Job, now: number): string {
  if (!job.original)
    return job.status === "awaiting_upload" ? "The original has not arrived yet." : "There is no original.";
  return hasExpired(job, now) ? "The original has expired, the results stay." : "";
}

/** Whether browsers show a file of this type. */
export function isShown(contentType: string | null): boolean {
  return SHOWN.test(contentType ?? "");
}

function originalOf(job: Job, now: number, isGone: boolean): Side | null {
  const { width, height, bytes, content_type } = job.source;
  if (!job.original || isGone || hasExpired(job, now) || !isShown(content_type) || !width || !height) return null;
  const src = api.address("/jobs/{job_id}/original", { path: { job_id: job.job_id } });
  return { id: ORIGINAL, label: "original", src, width, height, bytes };
}

function sideOf(job_id: string, { name, status, content_type, width, height, bytes }: Variant): Side | null {
  if (status !== "completed" || !isShown(content_type) || !width || !height) return null;
  return { id: name, label: name, src: variantAddress(job_id, name), width, height, bytes };
}

/** Return the address that leads to a result. */
export function variantAddress(job_id: string, name: string, query: { download?: boolean } = {}): string {
  return api.address("/jobs/{job_id}/variants/{name}", { path: { job_id, name }, query });
}

function hasExpired({ original }: Job, now: number): boolean {
  return original?.expires_at != null && Date.parse(original.expires_at) <= now;
}

function largest(sides: readonly Side[]): Side | null {
  return sides.reduce<Side | null>((best, side) => (best && best.width >= side.width ? best : side), null);
}
