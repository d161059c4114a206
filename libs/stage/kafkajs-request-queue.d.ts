declare module 'kafkajs/src/network/requestQueue/index.js' {
  /** kafkajs's queue of requests to one broker: not part of its public interface, see `letIdleConnectionsSleep`. */
  export default class RequestQueue {}
}
