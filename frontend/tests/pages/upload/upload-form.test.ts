import { expect, test } from "vitest";
import {
  addressesIn,
  EXAMPLE_RECIPE,
  faultsOf,
  OWN_RECIPE,
  optionsOf,
  recipeOf,
  type UploadForm,
} from "../../../src/pages/upload/upload-form";

const FORM: UploadForm = {
  preset: "web",
  json: "",
  publish: "default",
  keepOriginal: "default",
  metadata: [],
  callbackUrl: "",
};

test("a form that was not touched leaves all to the recipe", () => {
  expect(optionsOf(FORM)).toEqual({ recipe: "web", metadata: {}, publish: null, keepOriginal: null, callbackUrl: "" });
  expect(Object.values(faultsOf(FORM)).join("")).toBe("");
});

test("choices and metadata become what the request says", () => {
  const metadata = [
    { key: " album ", value: "holidays" },
    { key: "", value: "" },
  ];
  const options = optionsOf({
    ...FORM,
    publish: "yes",
    keepOriginal: "no",
    metadata,
    callbackUrl: " https://a.example ",
  });
  expect(options).toMatchObject({ publish: true, keepOriginal: false, metadata: { album: "holidays" } });
  expect(options.callbackUrl).toBe("https://a.example");
});

test("a recipe of one's own is a JSON object", () => {
  const own = { ...FORM, preset: OWN_RECIPE };
  expect(recipeOf({ ...own, json: EXAMPLE_RECIPE })).toHaveProperty("variants");
  for (const json of ["", "[]", "null", '"web"', "{"])
    expect(faultsOf({ ...own, json }).json, json).toContain("not JSON");
});

test("faults stand at their fields", () => {
  const pair = { key: "a", value: "1" };
  expect(faultsOf({ ...FORM, metadata: [pair, pair] }).metadata).toBe("Each key can be there once.");
  expect(faultsOf({ ...FORM, metadata: [{ key: "", value: "1" }] }).metadata).toBe("A value needs a key.");
  expect(faultsOf({ ...FORM, callbackUrl: "ftp://a.example" }).callbackUrl).toContain("https://");
});

test("addresses of images are told from other texts", () => {
  expect(addressesIn("https://a.example/1.jpg\n http://b.example/2.png ")).toHaveLength(2);
  for (const text of ["", "photo.jpg", "curl https://a.example", "https:///x"])
    expect(addressesIn(text), text).toBeNull();
});
