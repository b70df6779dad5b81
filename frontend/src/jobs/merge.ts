/** Brings news of the feed into a list of jobs. */

import type { JobSummary, JobTile } from "@darkroom/client";

/** Return the list with what an event says of a job. The later state counts, since events come twice and in any order. */
export function withJob(tiles: readonly JobTile[], job: JobSummary): readonly JobTile[] {
  const index = tiles.findIndex(({ job_id }) => job_id === job.job_id);
  const known = tiles[index];
  if (!known) return withTile(tiles, tileOf(job));
  if (known.updated_at > job.updated_at) return tiles;
  return tiles.with(index, { ...known, ...shownOf(job) });
}

/**
 * Return the list after its beginning was read again as `page`: what both have is taken from the later one of the two.
 *
 * What only the old list has stays if `keeps` says so, such as what lies below the page.
 */
export function withPage(
  tiles: readonly JobTile[],
  page: readonly JobTile[],
  keeps: (tile: JobTile) => boolean = () => false,
): readonly JobTile[] {
  const known = new Map(tiles.map((tile) => [tile.job_id, tile]));
  const merged: readonly JobTile[] = page.map((tile) => {
    const before = known.get(tile.job_id);
    known.delete(tile.job_id);
    return before && before.updated_at > tile.updated_at ? { ...tile, ...shownOf(before) } : tile;
  });
  return [...known.values()].filter(keeps).reduce(withTile, merged);
}

export function withoutJob(tiles: readonly JobTile[], jobId: string): readonly JobTile[] {
  return tiles.some(({ job_id }) => job_id === jobId) ? tiles.filter(({ job_id }) => job_id !== jobId) : tiles;
}

/** Return the list with a tile that it does not have, where its time of creation belongs, the newest first. */
export function withTile(tiles: readonly JobTile[], tile: JobTile): readonly JobTile[] {
  const older = tiles.findIndex(({ created_at }) => created_at < tile.created_at);
  return tiles.toSpliced(older < 0 ? tiles.length : older, 0, tile);
}

/** Return what events and lists both say of a job, and what may change. */
function shownOf({ status, progress, updated_at, completed_at }: JobSummary | JobTile) {
  return { status, progress, updated_at, completed_at };
}

/** Return the tile of a job that no list has shown yet. Its size and thumbnail come with the next list. */
function tileOf(job: JobSummary): JobTile {
  const { job_id, filename, created_at } = job;
  return { job_id, filename, created_at, bytes: null, thumbnail: null, ...shownOf(job) };
}
