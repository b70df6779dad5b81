import { expect, test } from "vitest";
import { Resource } from "../../src/stores/resource.svelte";

test("data come, and stay when a later load fails", async () => {
  const answers: (string | Error)[] = ["one", new Error("away"), "two"];
  const resource = new Resource(async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  });
  await resource.load();
  expect(resource.data).toBe("one");
  await resource.load();
  expect(resource).toMatchObject({ data: "one", isStale: true, isLoading: false });
  await resource.load();
  expect(resource).toMatchObject({ data: "two", error: undefined, isStale: false });
});

test("the answer of a load that was overtaken does not count", async () => {
  const answers: ((answer: string) => void)[] = [];
  const resource = new Resource(() => new Promise<string>((resolve) => answers.push(resolve)));
  const [first, second] = [resource.load(), resource.load()];
  answers[1]?.("new");
  await second;
  answers[0]?.("old");
  await first;
  expect(resource.data).toBe("new");
});

test("what a change answered replaces a load that runs", async () => {
  let answer = (_text: string) => {};
  const resource = new Resource(() => new Promise<string>((resolve) => (answer = resolve)));
  const loading = resource.load();
  resource.put("changed");
  answer("old");
  await loading;
  expect(resource).toMatchObject({ data: "changed", isLoading: false });
});
