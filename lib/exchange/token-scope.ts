import { ExecutorError } from '../errors/executor-error';

/**
 * Whether a token needs an exchange: false for a build's own. Reads only the scope and verifies nothing, which is up to
 * the API. A token without a scope, or one that cannot be read, is also left to the API.
 *
 * @throws ExecutorError `EXECUTOR_TOKEN_SCOPE` for a token of any other scope: a queue's `sdapi` reaches the whole API
 *   and must not end up in a build
 */
export function needsExchange(token: string): boolean {
    const scopes = scopesOf(token);

    if (scopes.length === 0 || scopes.includes('temporal')) return true;
    if (scopes.includes('build')) return false;

    throw new ExecutorError(
        'The token is neither a temporal token nor a build token, and no other may reach a build: ' +
            'pass the token of the start config',
        {
            code: 'EXECUTOR_TOKEN_SCOPE',
            kind: 'authentication',
            userMessage: 'The executor was given a token that a build must not have. Tell the cluster administrators.'
        }
    );
}

function scopesOf(token: string): unknown[] {
    try {
        const [, payload] = token.split('.');
        const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as { scope?: unknown };
        const scope = claims.scope ?? [];

        if (Array.isArray(scope)) return scope;

        return typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [scope];
    } catch {
        // Not a JWT.
        return [];
    }
}
