// Preloaded (`NODE_OPTIONS=--import`) into the processes of a chaos run: the wall clock shows as many milliseconds more as
// the file says that CHAOS_CLOCK_FILE names. The monotonic clock goes on as it is.
import { readFileSync } from 'node:fs';
import { setInterval } from 'node:timers';

const RealDate = Date;
const file = process.env.CHAOS_CLOCK_FILE;
let shiftMs = 0;

const read = () => {
  try {
    shiftMs = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    shiftMs = 0;
  }
};
const now = () => RealDate.now() + shiftMs;

if (file) {
  read();
  setInterval(read, 500).unref();
  globalThis.Date = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  });
}
