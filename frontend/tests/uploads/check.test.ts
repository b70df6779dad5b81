import { expect, test } from "vitest";
import { faultOf } from "../../src/uploads/check";
import { formatsText, type Limits } from "../../src/uploads/limits";

const LIMITS = {
  limits: { upload_bytes: 10_000_000, pixels: 50_000_000 },
  formats: { read: ["jpeg", "png"], written: [] },
  features: { mail: false, heic: false },
} as unknown as Limits;
const WITH_HEIC = { ...LIMITS, features: { mail: false, heic: true } };
const SMALL = { size: 1000 };

test("a file within the limits has no fault", () => {
  expect(faultOf(SMALL, { format: "jpeg", size: { width: 4000, height: 3000 } }, LIMITS)).toBe("");
  expect(faultOf(SMALL, { format: "png", size: null }, LIMITS)).toBe("");
});

test("what is no image, or of another format, is refused with the formats that are read", () => {
  expect(faultOf(SMALL, { format: null, size: null }, LIMITS)).toContain("Supported: JPEG, PNG.");
  expect(faultOf(SMALL, { format: "webp", size: null }, LIMITS)).toBe(
    "WEBP is not supported here. Supported: JPEG, PNG.",
  );
});

test("HEIC is taken where it can be read", () => {
  expect(faultOf(SMALL, { format: "heic", size: null }, LIMITS)).toContain("HEIC is not supported");
  expect(faultOf(SMALL, { format: "heic", size: null }, WITH_HEIC)).toBe("");
  expect(formatsText(WITH_HEIC)).toBe("JPEG, PNG, HEIC");
});

test("bytes and pixels over the limits are told with the limits", () => {
  const large = { width: 10_000, height: 6000 };
  expect(faultOf({ size: 12_300_000 }, { format: "png", size: null }, LIMITS)).toBe(
    "The file has 12.3 MB. At most 10.0 MB are allowed.",
  );
  expect(faultOf(SMALL, { format: "png", size: large }, LIMITS)).toBe(
    "The image has 60 megapixels. At most 50 are allowed.",
  );
  expect(faultOf({ size: 0 }, { format: null, size: null }, LIMITS)).toBe("The file is empty.");
});
