import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** What each layer may import; what is not named here is forbidden. The reasons stand in docs/decisions. */
const mayImport = {
  domain: [],
  transparency: [],
  verifier: ['transparency'],
  'event-store': ['domain'],
  'embedded-eventstore': [],
  'embedded-postgres': [],
  application: ['domain', 'event-store'],
  'read-models': ['domain', 'event-store', 'transparency'],
  audit: ['domain', 'read-models', 'transparency'],
  graphql: ['application', 'read-models', 'audit', 'transparency', 'domain'],
  simulation: ['domain'],
  server: [
    'graphql',
    'audit',
    'transparency',
    'simulation',
    'application',
    'read-models',
    'event-store',
    'embedded-eventstore',
    'embedded-postgres',
    'domain',
  ],
  console: ['verifier'],
  cli: ['domain', 'simulation', 'transparency', 'event-store', 'embedded-eventstore'],
  bench: [
    'domain',
    'event-store',
    'embedded-eventstore',
    'embedded-postgres',
    'application',
    'read-models',
    'graphql',
    'simulation',
    'audit',
    'transparency',
  ],
  torture: [],
  house: [],
};

/** Tests run on the real embedded engines, whatever their own layer may import. */
const engines = ['event-store', 'embedded-eventstore', 'embedded-postgres'];

const boundaries = (alsoAllowed) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    allowCircularSelfDependency: true,
    depConstraints: Object.entries(mayImport).map(([layer, layers]) => ({
      sourceTag: `layer:${layer}`,
      onlyDependOnLibsWithTags: [...layers, ...alsoAllowed].map((name) => `layer:${name}`),
    })),
  },
];

export default tseslint.config(
  { ignores: ['**/dist', '**/node_modules', '.nx', '**/*.generated.ts', '**/project.json'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': boundaries([]),
      // An absent limit is absent and 0 A is a value: truthiness on numbers confuses the two.
      '@typescript-eslint/strict-boolean-expressions': [
        'error',
        {
          allowNumber: false,
          allowNullableBoolean: true,
          allowNullableString: true,
          allowNullableNumber: false,
        },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['libs/domain/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'console', 'setTimeout', 'setInterval'],
      'no-restricted-imports': ['error', { patterns: ['node:*'] }],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The clock comes with the command.' },
        { object: 'Math', property: 'random', message: 'Ids and chance come with the command.' },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', '**/*.contract.ts', '**/*.fixtures.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@nx/enforce-module-boundaries': boundaries(engines),
    },
  },
);
