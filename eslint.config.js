import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import onboarding from './lint/import-boundaries.js';

const specs = ['**/*.spec.ts', 'test/**/*.ts'];

/** Limits on everything: medians are easy, the maximum betrays everyone. */
const limits = {
  complexity: ['error', 10],
  'max-depth': ['error', 3],
  'max-lines': ['error', 300],
  'max-lines-per-function': ['error', { max: 70, skipComments: true, skipBlankLines: true }],
};

const tooManyParameters = 'At most three parameters: group them in an object.';
const wallClock = 'Clocks go through Clock, so that a test can stop, move or jump them.';

/** What no rule of ESLint says by itself. Nest fills constructors and routes parameter by parameter: they are free. */
const restrictedSyntax = [
  {
    selector: ':matches(FunctionDeclaration, ArrowFunctionExpression)[params.length>3]',
    message: tooManyParameters,
  },
  {
    selector:
      'MethodDefinition[kind!="constructor"][decorators.length=0] > FunctionExpression[params.length>3]',
    message: tooManyParameters,
  },
  {
    selector:
      'ClassDeclaration[decorators.length=0] > ClassBody > MethodDefinition[kind="constructor"] > FunctionExpression[params.length>3]',
    message: tooManyParameters,
  },
];
const restrictedClocks = [
  { selector: 'CallExpression[callee.object.name="Date"][callee.property.name="now"]', message: wallClock },
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: wallClock },
];

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.onboarding/', 'libs/finhub-client/openapi-types.ts', '**/*.d.ts']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  {
    files: ['**/*.{ts,js,mjs}'],
    plugins: { onboarding },
    rules: {
      'onboarding/import-boundaries': 'error',
      // Control characters in what others send are looked for on purpose.
      'no-control-regex': 'off',
      'no-restricted-syntax': ['error', ...restrictedSyntax],
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...limits,
      eqeqeq: 'error',
      'no-console': 'error',
      'no-param-reassign': 'error',
      // Nest's modules are classes without members, and its options are classes that one writes as literals.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['libs/{stage,vault,finhub-client}/**/*.ts', 'apps/*/**/*.ts'],
    ignores: specs,
    rules: { 'no-restricted-syntax': ['error', ...restrictedSyntax, ...restrictedClocks] },
  },
  {
    files: ['apps/cli/**/*.ts', 'tools/**/*.ts', 'examples/**/*.ts'],
    // Programs for people at a terminal: their output is the point.
    rules: { 'no-console': 'off' },
  },
  {
    files: specs,
    rules: {
      'max-lines': ['error', 400],
      // A `describe` is a function too, and a row of `it.each` has as many parameters as it needs.
      'max-lines-per-function': 'off',
      'no-restricted-syntax': 'off',
      'no-restricted-properties': [
        'error',
        { object: 'jest', property: 'mock', message: 'Fakes come in by injection, no module mocks.' },
        {
          object: 'jest',
          property: 'unstable_mockModule',
          message: 'Fakes come in by injection, no module mocks.',
        },
      ],
      // `expect.any()` and the body of an answer are `any`; a fake often has nothing to await.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
