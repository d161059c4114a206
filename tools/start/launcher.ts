import { identityOf, isRunning, parentOf, type ProcessIdentity } from '../local/process-identity.js';

const lookIntervalMs = 500;
/** npm, and the shell between npm and us. */
const generations = 2;

/**
 * npm passes no SIGKILL on: when it is killed we would stay behind, unseen. Calls `onGone` when one of the processes
 * that started us has gone; does nothing when npm did not start us.
 */
export function watchLauncher(onGone: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const launchers = ancestorsOf(process.pid);
  const timer = setInterval(() => {
    if (launchers.every(isRunning)) return;
    clearInterval(timer);
    onGone();
  }, lookIntervalMs);
  timer.unref();
}

function ancestorsOf(pid: number): ProcessIdentity[] {
  const found: ProcessIdentity[] = [];
  for (let child = pid; found.length < generations;) {
    const parent = parentOf(child);
    const identity = parent === undefined ? undefined : identityOf(parent);
    if (parent === undefined || identity === undefined) return found;
    found.push(identity);
    child = parent;
  }
  return found;
}
