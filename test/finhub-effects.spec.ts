import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Stage } from '#contracts/contract.js';
import { journey } from '#contracts/journey.js';
import { operations, type OperationName } from '#finhub-client/operations.js';
import { projectRoot } from '../tools/local/project-root.js';
import { readEffectsTable } from '../tools/witness/effects-table.js';
import { lostAnswers } from './lost-answers.js';

/** A step as the page or the code has it. */
interface Step {
  readonly stage: string;
  readonly name: string;
  readonly kind: string;
  readonly toldBy: string;
}

/** The methods of `Steps`, and the page's word for each: a look that waits may be repeated. */
const kindOf: Readonly<Record<string, string>> = {
  once: 'once',
  repeatable: 'repeatable',
  poll: 'repeatable',
};

const stages: readonly Stage[] = journey.organization;
const documented = readEffectsTable();
const coded = stages.flatMap(stepsOf);

/** The steps that a stage's sources take: `steps.once('name', ...)` and its like. */
function stepsOf(stage: Stage): Step[] {
  const folder = join(projectRoot, 'apps', stage);
  const files = readdirSync(folder, { encoding: 'utf8', recursive: true }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
  );
  return files.flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    return callsIn(source).flatMap((call) => stepOf(stage, call));
  });
}

function callsIn(node: ts.Node): ts.CallExpression[] {
  const inside = node.getChildren().flatMap(callsIn);
  return ts.isCallExpression(node) ? [node, ...inside] : inside;
}

function stepOf(stage: Stage, call: ts.CallExpression): Step[] {
  const { expression } = call;
  const [name] = call.arguments;
  if (!ts.isPropertyAccessExpression(expression)) return [];
  if (!/(?:^|\.)steps$/u.test(expression.expression.getText())) return [];
  const kind = kindOf[expression.name.text];
  if (kind === undefined || name === undefined) return [];
  return [{ stage, name: nameOf(name), kind, toldBy: kind === 'once' ? toldByOf(call) : '-' }];
}

/** A `find` that reads what webhooks told has nothing else to go by. */
function toldByOf(call: ts.CallExpression): string {
  return call.getText().includes('steps.signals(') ? 'webhook' : 'look-up';
}

/** `employee:${n}` is `employee:<n>` on the page, `consent:${consent.type}` is `consent:<type>`. */
function nameOf(name: ts.Expression): string {
  if (ts.isStringLiteralLike(name)) return name.text;
  if (!ts.isTemplateExpression(name)) throw new Error(`a step's name is no literal: ${name.getText()}`);
  const parts = name.templateSpans.map(({ expression, literal }) => {
    const variable = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
    return `<${variable.getText()}>${literal.text}`;
  });
  return [name.head.text, ...parts].join('');
}

function sorted(steps: readonly Step[]): string[] {
  return steps.map(({ stage, name, kind }) => `${stage} ${name} ${kind}`).sort();
}

describe('docs/finhub-effects.md', () => {
  it('has every step of the code with its kind, and no other', () => {
    expect(sorted(documented)).toEqual(sorted(coded));
  });

  it('has the steps in the order of the journey', () => {
    const order = documented.map(({ stage }) => stages.indexOf(stage as Stage));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it.each(documented)('names calls of FinHub that the client makes, in $stage $name', (row) => {
    expect(Object.keys(operations)).toEqual(expect.arrayContaining([...row.operations]));
  });

  it.each(documented)('calls nothing `repeatable` that makes a second object, in $stage $name', (row) => {
    const isOnce = row.operations.some((name) => operations[name as OperationName].effect === 'once');
    expect(row.kind).toBe(isOnce ? 'once' : 'repeatable');
  });

  it('says what `find` answers for every `once` step, and for no other', () => {
    const found = documented.filter(({ find }) => find !== '-').map(({ name }) => name);
    expect(found).toEqual(documented.filter(({ kind }) => kind === 'once').map(({ name }) => name));
  });

  it('says that only a webhook tells of a step exactly where its `find` asks for one', () => {
    const told = (steps: readonly Step[]) => steps.map(({ name, toldBy }) => `${name} ${toldBy}`).sort();
    expect(told(documented)).toEqual(told(coded));
  });

  it('has every call of the client with an effect on an applicant', () => {
    const effectful = Object.entries(operations)
      .filter(
        ([, { effect, subject, path }]) =>
          effect !== 'none' && subject === 'applicant' && !path.includes('sessions'),
      )
      .map(([name]) => name);
    expect(documented.flatMap((row) => row.operations)).toEqual(expect.arrayContaining(effectful));
  });

  it('has a case with lost answers (in-doubt and evidence.e2e.spec.ts) for every call of every `once` step', () => {
    const once = documented.filter(({ kind }) => kind === 'once');
    const documentedCalls = once.flatMap(({ name, operations: calls }) =>
      calls.map((call) => `${name} ${call}`),
    );
    const cases = lostAnswers.map(({ step, operation }) => `${step} ${operation}`);
    expect(new Set(cases)).toEqual(new Set(documentedCalls));
  });
});
