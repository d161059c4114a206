import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const program = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:http').createServer((request, response) => {
    parentPort.postMessage(request.url);
    setTimeout(() => response.end('{"id":1}'), 30);
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;

/** An HTTP server in a thread of its own, which answers `{"id":1}` after 30 ms also while the spec's thread is frozen. */
export class AnsweringThread {
  private constructor(
    private readonly worker: Worker,
    readonly url: string,
  ) {}

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
