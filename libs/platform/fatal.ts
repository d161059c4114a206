import { isNativeError } from 'node:util/types';

/** A service cannot start; the message is a sentence for who starts it, with the remedy. */
export class StartError extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'StartError';
  }
}

/**
 * What is printed when a service cannot start: one sentence per mistake, no stack, no value of a secret. An error that has
 * several brings them as `sentences`, as `SettingsError` does.
 */
export function fatalSentences(service: string, error: unknown): string {
  return sentencesOf(error)
    .map((sentence) => `${service} cannot start: ${sentence}\n`)
    .join('');
}

function sentencesOf(error: unknown): readonly string[] {
  const several = (error as { sentences?: readonly string[] } | null | undefined)?.sentences;
  return several ?? [sentenceOf(error)];
}

function sentenceOf(error: unknown): string {
  if (!isNativeError(error)) return 'something that is no error was thrown';
  const { code, port, address } = error as { code?: string; port?: number; address?: string };
  if (code === 'EADDRINUSE')
    return `port ${port} is in use: stop who uses it, or set PORT to another (0 takes any)`;
  if (code === 'EADDRNOTAVAIL') return `this machine has no address ${address}: set HOST to one that it has`;
  if (code === 'EACCES') return `port ${port} may not be opened by this user: set PORT to one above 1023`;
  const firstLine = error.message.split('\n').find((line) => line.trim() !== '');
  return firstLine ?? code ?? error.name;
}
