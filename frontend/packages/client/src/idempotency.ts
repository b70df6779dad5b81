/** Return a new `Idempotency-Key`. Send it again with each repetition of one request, so that it has one effect. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
