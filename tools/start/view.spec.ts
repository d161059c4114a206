import { expect, test } from '@jest/globals';
import { PlainView, TerminalView } from './view.js';

test('on a terminal the rows are drawn over the rows of the last time', () => {
  const { output, written } = given();
  const view = new TerminalView(output);
  view.show(['registration 1', 'activation 0']);
  view.show(['registration 2', 'activation 1']);
  expect(written()).toBe('registration 1\nactivation 0\n\u001B[2A\u001B[Jregistration 2\nactivation 1\n');
});

test('a line that stays comes above the rows', () => {
  const { output, written } = given();
  const view = new TerminalView(output);
  view.show(['registration 1']);
  view.line('tracker is back');
  expect(written()).toBe('registration 1\n\u001B[1A\u001B[Jtracker is back\nregistration 1\n');
});

test('what comes after the block has settled comes below it', () => {
  const { output, written } = given();
  const view = new TerminalView(output);
  view.show(['ended 50 of 50']);
  view.settle();
  view.line('the table');
  expect(written()).toBe('ended 50 of 50\nthe table\n');
});

test('in a pipe there are no control sequences, and only what changed is written', () => {
  const { output, written } = given();
  const view = new PlainView(output);
  view.show(['registration 1', 'activation 0']);
  view.show(['registration 2', 'activation 0']);
  expect(written()).toBe('registration 1\nactivation 0\nregistration 2\n');
});

function given() {
  const parts: string[] = [];
  return {
    output: { write: (text: string) => parts.push(text), columns: 80 },
    written: () => parts.join(''),
  };
}
