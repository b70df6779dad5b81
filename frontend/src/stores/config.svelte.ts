/** What `/config` says of this installation: limits, formats, presets. It is read once, before anything else. */

import type { Config } from "@darkroom/client";
import { api } from "../session/api";

class ConfigStore {
  #value = $state.raw<Config>();

  /** The configuration. Pages are shown only after it is there. */
  get value(): Config {
    if (!this.#value) throw new Error("The configuration has not been read.");
    return this.#value;
  }

  get isThere(): boolean {
    return this.#value !== undefined;
  }

  /** Read it, and say whether this browser has a session. Throws ApiError and Unreachable. */
  async load(): Promise<{ hasSession: boolean }> {
    this.#value = await api.get("/config");
    return { hasSession: this.#value.has_session };
  }
}

export const config = new ConfigStore();
