/**
 * Who is logged in.
 *
 *     starting → in → expired → in
 *              ↘ out ↗
 *
 * A session ends after twelve hours, or elsewhere. Then requests wait while a dialog asks for the password, and go
 * on afterwards: nothing that somebody has typed or chosen is lost. All tabs learn of a login or logout at once.
 */

import { ApiError, Client, type Session as SessionBody } from "@darkroom/client";
import { href } from "../routing/address";
import { keep, kept } from "../stores/browser";

export type SessionState = "starting" | "in" | "out" | "expired";

const CHANNEL = "darkroom-session";

class Session {
  state = $state<SessionState>("starting");
  user = $state(kept("user") ?? "");
  /** Whose jobs this page may have loaded. `user` may be a memory of the browser. */
  #shownTo = "";
  /** Settled when the token has been read. Requests that only read need none; all others wait for it. */
  ready: Promise<unknown> = Promise.resolve();
  #token = "";
  #renewal: PromiseWithResolvers<boolean> | null = null;
  #channel = new BroadcastChannel(CHANNEL);
  #client = new Client({ headers: () => this.headers });

  /** Whether this browser had a session when it was last used, so that the frame of the page can be shown at once. */
  readonly isLikely = this.user !== "";

  get headers(): Record<string, string> {
    return this.#token ? { "X-CSRF-Token": this.#token } : {};
  }

  /** Begin with what `/config` says of the cookie. */
  start(hasSession: boolean): void {
    this.state = hasSession ? "in" : "out";
    if (!hasSession) keep("user", null);
    if (hasSession) this.ready = this.#readToken().catch(() => false);
    this.#channel.onmessage = ({ data }: MessageEvent<SessionBody | null>) => {
      if (data) this.#begin(data);
      else this.#leave();
    };
  }

  /** Throws ApiError and Unreachable. */
  async logIn(name: string, password: string): Promise<void> {
    const body = await this.#client.post("/auth/login", { body: { name, password } });
    this.#begin(body);
    this.#channel.postMessage(body);
  }

  /** Give the password again, which some actions ask for. Throws ApiError and Unreachable. */
  async confirm(password: string): Promise<void> {
    await this.logIn(this.user, password);
  }

  /** Change the password. All other sessions of this user end. Throws ApiError, 403 for a wrong present one, and Unreachable. */
  async changePassword(current: string, next: string): Promise<void> {
    // A stale token would be refused in the same way as a wrong password.
    await this.#readToken();
    const body = await this.#client.put("/auth/password", { body: { current, new: next } });
    this.#begin(body);
    this.#channel.postMessage(body);
  }

  /** End this session, or all of this user. Throws ApiError and Unreachable. */
  async logOut({ everywhere = false } = {}): Promise<void> {
    const send = () => this.#client.post("/auth/logout", { body: { everywhere } });
    try {
      await send().catch(async (error) => {
        if (!(error instanceof ApiError && error.status === 403 && (await this.#readToken()))) throw error;
        await send();
      });
    } catch (error) {
      // A session that is over already is what was wanted.
      if (!(error instanceof ApiError && error.status === 401)) throw error;
    }
    this.#channel.postMessage(null);
    this.#leave();
  }

  /** Remove the reason of a refusal, if it is the session. Returns whether the request should be sent again. */
  async recover(error: ApiError): Promise<boolean> {
    if (error.status === 401) return this.#expired();
    // Another tab may have logged in, which makes the token of this one stale.
    if (error.status === 403 && !error.problem.scope) return this.#readToken();
    return false;
  }

  /** Ask for the password again, and wait for the login. */
  #expired(): Promise<boolean> {
    if (this.state === "out") return Promise.resolve(false);
    this.state = "expired";
    this.#renewal ??= Promise.withResolvers<boolean>();
    return this.#renewal.promise;
  }

  /** Read the token of the session. Returns whether it is another one than before. */
  async #readToken(): Promise<boolean> {
    const before = this.#token;
    try {
      this.#begin(await this.#client.get("/auth/me"));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return this.#expired();
      throw error;
    }
    return this.#token !== before;
  }

  #begin(body: SessionBody): void {
    if (this.#shownTo && this.#shownTo !== body.user) location.reload();
    this.#shownTo = body.user;
    this.user = body.user;
    this.#token = body.csrf_token;
    this.state = "in";
    keep("user", body.user);
    this.#renewal?.resolve(true);
    this.#renewal = null;
  }

  /** Go to the login by loading it, so that nothing of this user stays in memory. */
  #leave(): void {
    keep("user", null);
    location.assign(href("/login"));
  }
}

export const session = new Session();
