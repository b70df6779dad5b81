/** Presets that are being deleted: they are out of sight while the deletion can be undone. */

import { SvelteSet } from "svelte/reactivity";
import { performLater } from "../../actions/undoable";
import { explain } from "../../errors/explain";
import { api } from "../../session/api";
import { toasts } from "../../stores/toasts.svelte";

export const removing = new SvelteSet<string>();

/** Delete a preset with all its versions, in a few seconds. */
export function removePreset(name: string): void {
  removing.add(name);
  performLater({
    text: `Deleted ${name}.`,
    undo: () => removing.delete(name),
    perform: async ({ keepalive }) => {
      try {
        await api.delete("/recipes/{name}", { path: { name }, keepalive });
      } catch (error) {
        removing.delete(name);
        toasts.show(`${name} is not deleted. ${explain(error).text}`, { kind: "bad" });
      }
    },
  });
}
