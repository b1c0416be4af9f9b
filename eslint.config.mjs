import tseslint from 'typescript-eslint';

const inProcessOnly = [
  'EventBus',
  'EventPublisher',
  'AggregateRoot',
  'Saga',
  'EventsHandler',
  'IEventHandler',
  'ofType',
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', '.redress/'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.mjs'] } } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@nestjs/cqrs',
              importNames: inProcessOnly,
              message:
                'In-process and not durable: an unmerged aggregate drops its events, errors of handlers vanish. Append to the ledger and follow it instead.',
            },
          ],
        },
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'AbortSignal',
          property: 'any',
          message: 'On Node.js 20 and 22 each use leaves something in a signal that lives on: use jointSignal.',
        },
      ],
      'no-console': 'error',
    },
  },
  {
    // Programs that talk to a person at a terminal.
    files: [
      'apps/*/src/main.ts',
      'apps/standalone/src/**',
      'apps/demo/src/**',
      'apps/import/src/**',
      'apps/projector/src/rebuild.ts',
      '**/generate*.ts',
      'test/support/**',
      'examples/**',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.spec.ts', 'test/**'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
    },
  },
  { files: ['**/*.mjs', '**/*.cjs'], ...tseslint.configs.disableTypeChecked },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  { files: ['libs/fact/src/canonical-json.ts'], rules: { '@typescript-eslint/switch-exhaustiveness-check': 'off' } },
);
