/** The class behind every request of kafkajs 2.2.4 to a broker; it is not part of its public types. */
declare module 'kafkajs/src/broker/index.js' {
  type Request = (this: unknown, request: never) => Promise<unknown>;
  const Broker: { readonly prototype: Record<'produce' | 'fetch' | 'offsetCommit', Request> };
  export default Broker;
}
