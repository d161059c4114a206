import { posix, relative, sep } from 'node:path';
import { importRules } from './import-rules.js';

/**
 * The ESLint rule over {@link importRules}: static and dynamic imports, re-exports and types alike.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
const importBoundaries = {
  meta: { type: 'problem', schema: [], messages: { forbidden: '{{because}}' } },
  create(context) {
    const from = relative(context.cwd, context.filename).split(sep).join('/');
    const rules = importRules.filter((rule) => rule.from(from));

    function check(source, kind = 'value') {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const to = targetOf(source.value, from);
      const broken = rules.find((rule) => rule.forbids(to, from) && !(rule.allowsTypes && kind === 'type'));
      if (broken) context.report({ node: source, messageId: 'forbidden', data: { because: broken.because } });
    }

    return {
      ImportDeclaration: (node) => check(node.source, node.importKind),
      ImportExpression: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source, node.exportKind),
      ExportAllDeclaration: (node) => check(node.source, node.exportKind),
    };
  },
};

/** A path in this repository, or the name of a package. */
function targetOf(specifier, from) {
  if (specifier.startsWith('#')) return `libs/${specifier.slice(1)}`;
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : specifier;
}

export default { meta: { name: 'onboarding' }, rules: { 'import-boundaries': importBoundaries } };
