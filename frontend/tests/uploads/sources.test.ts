import { expect, test } from "vitest";
import { filesIn, withoutClutter } from "../../src/uploads/sources";

function file(name: string): FileSystemEntry {
  return {
    name,
    isFile: true,
    file: (resolve: (file: File) => void, reject: (error: unknown) => void) =>
      name.startsWith("gone") ? reject(new DOMException("", "NotFoundError")) : resolve(new File(["x"], name)),
  } as unknown as FileSystemEntry;
}

/** A folder that gives its entries one at a time, as browsers give at most 100. */
function folder(name: string, children: FileSystemEntry[]): FileSystemEntry {
  const left = [...children];
  const createReader = () => ({
    readEntries: (resolve: (some: FileSystemEntry[]) => void) => resolve(left.splice(0, 1)),
  });
  return { name, isFile: false, createReader } as unknown as FileSystemEntry;
}

test("files of folders come in the order of their names, without what systems put there", async () => {
  const inner = folder("album", [file("10.png"), file("2.png"), file(".DS_Store"), file("Thumbs.db")]);
  const found = await filesIn([file("a.png"), folder("photos", [inner])]);
  expect(found.map(({ name }) => name)).toEqual(["a.png", "2.png", "10.png"]);
});

test("a file that cannot be read is left out", async () => {
  const found = await filesIn([folder("photos", [file("gone.png"), file("there.png")])]);
  expect(found.map(({ name }) => name)).toEqual(["there.png"]);
});

test("a chosen folder is freed of the same clutter", () => {
  const names = ["a.png", ".DS_Store", "desktop.ini"].map((name) => new File(["x"], name));
  expect(withoutClutter(names).map(({ name }) => name)).toEqual(["a.png"]);
});
