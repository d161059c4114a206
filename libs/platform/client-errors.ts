import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';

/** What Node's parser refuses before there is a request: by its error's code. */
const problems: Readonly<Record<string, { status: number; code: string; detail: string }>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'headers_too_large',
    detail: 'Address and headers are too long.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'request_timeout',
    detail: 'The request did not come in time.',
  },
};
const malformed = { status: 400, code: 'malformed_http', detail: 'This is not HTTP.' };

/** So long its sender may still take the answer, whose loss a hang-up at once would risk. */
const lingerMs = 1_000;

/**
 * Answers what is no HTTP request as problem details (RFC 9457) too, and closes the connection: also of a sender who does not
 * close it.
 */
export function answerClientErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const { status, code, detail } = problems[error.code ?? ''] ?? malformed;
    const title = STATUS_CODES[status] ?? '';
    const body = JSON.stringify({ type: `urn:onboarding:problem:${code}`, title, status, code, detail });
    const head = [
      `HTTP/1.1 ${status} ${title}`,
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
    const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
    socket.once('close', () => {
      clearTimeout(timer);
    });
  });
}
