import type { Response } from 'express';

/** Thrown in place of an answer that never comes: the connection is held until the client gives up. */
export class NeverAnswered extends Error {
  constructor() {
    super('this call is not answered');
    this.name = 'NeverAnswered';
  }
}

/** Thrown once the response was written, or its connection cut, by hand: there is nothing left to answer. */
export class AnswerTaken extends Error {
  constructor() {
    super('this call has been answered by hand');
    this.name = 'AnswerTaken';
  }
}

/** Says nothing for as long as the client holds the connection. */
export async function heldOpen(response: Response): Promise<never> {
  if (!response.destroyed) await new Promise((resolve) => response.once('close', resolve));
  throw new AnswerTaken();
}
