/** The client of all pages: it sends the session's token, and waits for a login if the session is over. */

import { type ApiError, Client, Unreachable } from "@darkroom/client";
import { network } from "../stores/network.svelte";
import { session } from "./session.svelte";

class PageClient extends Client {
  override async send(...request: Parameters<Client["send"]>): Promise<Response> {
    if (request[0] !== "get") await session.ready;
    try {
      const answer = await super.send(...request);
      network.answered();
      return answer;
    } catch (error) {
      if (error instanceof Unreachable) network.unreachable();
      else network.answered();
      throw error;
    }
  }
}

export const api = new PageClient({
  headers: () => session.headers,
  recover: (error: ApiError) => session.recover(error),
});
