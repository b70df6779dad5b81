import { expect, test } from "vitest";
import { sharedFile } from "../../build/chunks";

const IMPORTERS: Record<string, string[]> = {
  "/src/components/Button.svelte": ["/src/shell/Shell.svelte", "/src/pages/upload/UploadPage.svelte"],
  "/src/shell/Shell.svelte": ["/src/App.svelte"],
  "/src/App.svelte": ["/src/main.ts"],
  "/src/components/Field.svelte": ["/src/pages/upload/UploadPage.svelte", "/src/session/LoginForm.svelte"],
};
const modules = { getModuleInfo: (id: string) => ({ importers: IMPORTERS[id] ?? [] }) };

test("what the first page needs is in the shared file", () => {
  expect(sharedFile("/src/components/Button.svelte", modules)).toBe("shared");
});

test("what only later parts need is not", () => {
  expect(sharedFile("/src/components/Field.svelte", modules)).toBeNull();
});
