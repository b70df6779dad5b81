import { expect, test } from "vitest";
import { trayTitle } from "../../src/uploads/tray-title";
import type { UploadState } from "../../src/uploads/upload.svelte";

const title = (...states: UploadState[]) => trayTitle(states.map((state) => ({ state })));

test("the title tells how far the uploads are", () => {
  expect(title("sent", "sending", "waiting")).toBe("Uploading 2 of 3");
  expect(title("sent", "failed", "waiting")).toBe("Uploading 2 of 2");
});

test("afterwards it tells how they ended", () => {
  expect(title("sent", "sent")).toBe("2 uploaded");
  expect(title("sent", "refused", "failed")).toBe("1 uploaded, 2 not uploaded");
  expect(title("cancelled")).toBe("1 cancelled");
});
