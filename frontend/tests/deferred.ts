/** A promise that a test settles: `Promise.withResolvers`, which Node 20 does not have. */
export class Deferred<Value> {
  resolve = (_value: Value) => {};
  reject = (_reason: unknown) => {};
  readonly promise = new Promise<Value>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}
