import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** The folders of lib/ in layers: each may import those of earlier lines, but not its neighbours in the same line. */
const FLOORS = [['errors'], ['validation', 'operations'], ['build', 'observability'], ['exchange']];
/** Every folder may import the types of the configs. The tools for authors use the public entry, like authors. */
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
/** These folders have their own packages: `npm run check` in each checks types and the rules that need them. */
const APART = [
    'examples/{docker-executor,kubernetes-executor,ecs-executor,opentelemetry,prometheus}/**/*.ts',
    'e2e/**/*.ts'
];

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
            // Implementers decide what hooks resolve with, and configs contain keys that no type lists.
            '@typescript-eslint/no-explicit-any': 'off',
            '@typescript-eslint/no-unsafe-return': 'off',
            // Modules that are rarely needed are required where they are needed.
            '@typescript-eslint/no-require-imports': 'off',
            // A parameter that a default hook ignores is part of its signature.
            '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
            // The types of a class that is exported with `export =` can only be merged into it as a namespace.
            '@typescript-eslint/no-namespace': 'off',
            // Foreign rejections are passed on unchanged, whatever they are.
            '@typescript-eslint/prefer-promise-reject-errors': 'off'
        }
    },
    {
        // Tests inspect untyped values: rejections, the output of programs, objects from JavaScript.
        files: ['**/test/**/*.ts', 'e2e/**/*.ts'],
        rules: {
            '@typescript-eslint/no-unsafe-argument': 'off',
            '@typescript-eslint/no-unsafe-assignment': 'off',
            '@typescript-eslint/no-unsafe-call': 'off',
            '@typescript-eslint/no-unsafe-member-access': 'off',
            '@typescript-eslint/unbound-method': 'off',
            // A server's listener may be asynchronous: its rejection ends the checks.
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
