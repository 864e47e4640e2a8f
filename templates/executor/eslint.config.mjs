import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
    { ignores: ['dist/'] },
    js.configs.recommended,
    tseslint.configs.recommended,
    {
        rules: {
            // A config that a hook does not need is still part of its signature.
            '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
            // The class is the module, for `require` and for `import`.
            '@typescript-eslint/no-require-imports': ['error', { allowAsImport: true }]
        }
    }
);
