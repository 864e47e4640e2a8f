import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** The rooms of lib/, from the ground up: each may use those before it, but for its neighbours in the same line. */
const FLOORS = [['errors'], ['validation', 'operations'], ['build', 'observability'], ['exchange']];
/** The types of the configs are open to all. Authors' tools use what authors can use, the public entry. */
const ROOMS = {
    ...Object.fromEntries(
        FLOORS.flatMap((rooms, floor) => rooms.map(room => [room, ['config', ...FLOORS.slice(0, floor).flat()]]))
    ),
    testing: ['executor'],
    conformance: ['executor', 'testing'],
    scaffold: ['../package.json']
};

const orderOfRooms = Object.entries(ROOMS).map(([room, used]) => ({
    files: [`lib/${room}/**`],
    rules: {
        'no-restricted-imports': [
            'error',
            {
                patterns: [
                    {
                        regex: `^\\.\\./(?!(${used.join('|')})(/|$))`,
                        message: `lib/${room} may use ${used.join(', ')}: see the order of the rooms in eslint.config.mjs.`
                    }
                ]
            }
        ]
    }
}));
/** They have packages of their own: types, and the rules that need them, are checked there, by `npm run check`. */
const APART = ['examples/{docker-executor,kubernetes-executor,opentelemetry,prometheus}/**/*.ts', 'e2e/**/*.ts'];

export default tseslint.config(
    {
        ignores: ['**/dist/', '**/node_modules/', '**/.cache/', 'coverage/', 'test/types/', 'templates/']
    },
    js.configs.recommended,
    ...orderOfRooms,
    {
        files: ['lib/*.ts'],
        rules: { 'no-restricted-imports': ['error', { patterns: ['./testing', './conformance', './scaffold'] }] }
    },
    {
        files: ['**/*.ts'],
        extends: [tseslint.configs.recommendedTypeChecked],
        languageOptions: { parserOptions: { projectService: true } },
        rules: {
            // What a hook resolves with is the implementer's, and configs carry keys that no type lists.
            '@typescript-eslint/no-explicit-any': 'off',
            '@typescript-eslint/no-unsafe-return': 'off',
            // Modules that are only needed sometimes are required where they are needed.
            '@typescript-eslint/no-require-imports': 'off',
            // A parameter that a default hook ignores is part of its signature.
            '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
            // The types of a class that is exported with `export =` can only be merged into it as a namespace.
            '@typescript-eslint/no-namespace': 'off',
            // Foreign rejections pass by identity, whatever they are.
            '@typescript-eslint/prefer-promise-reject-errors': 'off'
        }
    },
    {
        // Tests look into what has no type: rejections, the output of programs, an object as JavaScript sees it.
        files: ['**/test/**/*.ts', 'e2e/**/*.ts'],
        rules: {
            '@typescript-eslint/no-unsafe-argument': 'off',
            '@typescript-eslint/no-unsafe-assignment': 'off',
            '@typescript-eslint/no-unsafe-call': 'off',
            '@typescript-eslint/no-unsafe-member-access': 'off',
            '@typescript-eslint/unbound-method': 'off',
            // A server's listener may be asynchronous: what it rejects with ends the checks.
            '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
            // chai's `expect(x).to.be.true` is an expression.
            '@typescript-eslint/no-unused-expressions': 'off'
        }
    },
    process.env.LINT_TYPES ? [] : { files: APART, extends: [tseslint.configs.disableTypeChecked] },
    {
        files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
        languageOptions: {
            globals: Object.fromEntries(
                [
                    'AbortController',
                    'AbortSignal',
                    'Buffer',
                    'URL',
                    'console',
                    'fetch',
                    'performance',
                    'process',
                    'setTimeout',
                    'clearTimeout',
                    'setInterval',
                    'clearInterval',
                    'setImmediate',
                    'structuredClone'
                ].map(name => [name, 'readonly'])
            )
        }
    },
    {
        files: ['**/*.js', '**/*.cjs'],
        languageOptions: {
            sourceType: 'commonjs',
            globals: { require: 'readonly', module: 'writable', __dirname: 'readonly', __filename: 'readonly' }
        }
    }
);
