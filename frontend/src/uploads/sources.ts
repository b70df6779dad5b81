/** Finds the files in what was dropped, which may have folders. */

/** Names of files that systems put into folders. */
const CLUTTER = /^(?:\..*|Thumbs\.db|desktop\.ini)$/i;
/** Most files of one drop: a disk that was dropped by mistake should not end the page. */
export const MOST_FILES = 5000;

/** Return the files below the entries, in the order of their names. Folders that cannot be read are left out. */
export async function filesIn(entries: readonly FileSystemEntry[]): Promise<File[]> {
  const found: File[] = [];
  for (const entry of entries) {
    if (found.length >= MOST_FILES) break;
    try {
      if (entry.isFile) found.push(await fileOf(entry as FileSystemFileEntry));
      else found.push(...(await filesIn(await childrenOf(entry as FileSystemDirectoryEntry))));
    } catch {
      // Rights may be missing, or the file has gone meanwhile.
    }
  }
  return found.slice(0, MOST_FILES);
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** Return what is in a folder. Browsers give at most 100 entries at once, and none at the end. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    children.push(...some);
  }
  return children
    .filter(({ name }) => !CLUTTER.test(name))
    .toSorted((one, other) => one.name.localeCompare(other.name, "en", { numeric: true }));
}

/** Return the files of a folder that was chosen, without what systems put into folders. */
export function withoutClutter(files: Iterable<File>): File[] {
  return [...files].filter(({ name }) => !CLUTTER.test(name)).slice(0, MOST_FILES);
}
