/** Gives the password again before an action, if it is needed, and says what was wrong. */

import { ApiError } from "@darkroom/client";
import { explain } from "../../errors/explain";
import { session } from "../../session/session.svelte";

export interface Refusal {
  /** What is wrong with the password; empty if it is not the password. */
  password: string;
  /** What is wrong otherwise. */
  action: string;
}

/** Do something with a fresh login. Returns null if it was done. */
export async function withPassword(password: string | null, act: () => Promise<void>): Promise<Refusal | null> {
  try {
    if (password !== null) await session.confirm(password);
  } catch (error) {
    const isWrong = error instanceof ApiError && error.status === 401;
    return { password: isWrong ? "The password is wrong." : explain(error).text, action: "" };
  }
  try {
    await act();
  } catch (error) {
    return { password: "", action: explain(error).text };
  }
  return null;
}
