import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const program = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:http').createServer((request, response) => {
    parentPort.postMessage(request.url);
    request.resume().on('end', () => parentPort.postMessage({ whole: request.url }));
    setTimeout(() => response.end('{"id":1}'), 30);
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;

/** An HTTP server in a thread of its own, which answers `{"id":1}` after 30 ms also while the spec's thread is frozen. */
export class AnsweringThread {
  /** The paths of the requests that came with their whole body. */
  readonly whole: string[] = [];

  private constructor(
    private readonly worker: Worker,
    readonly url: string,
  ) {
    worker.on('message', (came: string | { whole: string }) => {
      if (typeof came === 'object') this.whole.push(came.whole);
    });
  }

  static async start(): Promise<AnsweringThread> {
    const worker = new Worker(program, { eval: true });
    const [port] = (await once(worker, 'message')) as [number];
    return new AnsweringThread(worker, `http://127.0.0.1:${port}`);
  }

  /** As by SIGSTOP and SIGCONT: once a request for the path has come to the server, nothing of this thread goes on for `ms`. */
  freezeWhenAsked(path: string, ms: number): void {
    this.worker.on('message', (asked: unknown) => {
      if (asked === path) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    });
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}
