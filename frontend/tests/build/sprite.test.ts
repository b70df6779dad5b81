import { expect, test } from "vitest";
import { spriteOf } from "../../build/sprite";
import { ICONS } from "../../src/design/icons";

test("every icon is a symbol with shapes and without a stroke of its own", () => {
  const sprite = spriteOf(ICONS);
  for (const name of ICONS) expect(sprite).toMatch(new RegExp(`<symbol id="${name}" viewBox="0 0 24 24"><\\w`));
  expect(sprite).not.toMatch(/stroke-width|<!--|class=/);
});

test("an icon that does not exist fails the build", () => expect(() => spriteOf(["no-such-icon"])).toThrow());
