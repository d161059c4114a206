/**
 * Calls back when `ms` are over, after what has come from sockets by then was read. Timers come before sockets: of a process
 * that was frozen, an answer that came meanwhile would be given up unread. Clear it with `clearTimeout`.
 */
export function onTimeLimit(ms: number, giveUp: () => void): NodeJS.Timeout {
  return setTimeout(setImmediate, ms, giveUp);
}
