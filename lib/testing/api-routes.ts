import { randomUUID } from 'node:crypto';
import { errorAnswer, SERVER_ERROR, type Answer } from './api-answer';
import { UNFINISHED, WAITING, type ApiBuild } from './api-build';
import { signToken, verifyToken, type Claims, type KeyPair } from './jwt';

/** What the answers are made from. */
export interface ApiState {
    keys: KeyPair;
    builds: Map<number, ApiBuild>;
}

/** A request that has been read. */
export interface Call {
    method: string;
    path: string;
    authorization: string | undefined;
    /** The body as text; empty if there is none, undefined if it is larger than the API accepts. */
    body: string | undefined;
}

interface Route {
    method: string;
    /** Its only group is the build's id. */
    path: RegExp;
    scopes: string[];
    answer: (state: ApiState, id: number, payload: unknown, claims: Claims) => Answer;
}

const ROUTES: Route[] = [
    { method: 'POST', path: /^\/v4\/builds\/([^/]+)\/token$/, scopes: ['temporal'], answer: exchange },
    { method: 'PUT', path: /^\/v4\/builds\/([^/]+)$/, scopes: ['build', 'temporal'], answer: update },
    { method: 'GET', path: /^\/v4\/builds\/([^/]+)$/, scopes: ['build'], answer: get }
];

/** Maximum bytes of a body that the API accepts. */
export const MAX_BODY = 2 ** 20;

const TOO_LARGE = errorAnswer(413, `Payload content length greater than maximum allowed: ${MAX_BODY}`);

/**
 * The real API's answer. Its checks run in the same order: authentication, body, scope, id, then those of the route.
 */
export function answerTo(call: Call, state: ApiState): Answer {
    if (call.method === 'GET' && call.path === '/v4/auth/key') {
        return { status: 200, body: { key: state.keys.publicKey.export({ type: 'spki', format: 'pem' }) } };
    }
    const route = ROUTES.find(({ method, path }) => method === call.method && path.test(call.path));

    if (!route) return errorAnswer(404, 'Not Found');
    const claims = claimsOf(call.authorization, state.keys);

    if (typeof claims === 'string') return errorAnswer(401, claims);
    let payload: unknown;

    if (call.body === undefined) return TOO_LARGE;
    try {
        payload = call.body === '' ? null : JSON.parse(call.body);
    } catch {
        return errorAnswer(400, 'Invalid request payload JSON format');
    }
    if (!scopesOf(claims).some(scope => route.scopes.includes(scope))) return errorAnswer(403, 'Insufficient scope');
    const id = Number(route.path.exec(call.path)?.[1]);

    if (!Number.isSafeInteger(id) || id < 1) return errorAnswer(400, 'Invalid request params input');

    return route.answer(state, id, payload, claims);
}

/** The claims of a request's token, or why the token is not accepted. */
export function claimsOf(authorization: string | undefined, keys: KeyPair): Claims | string {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];

    if (!token) return 'Missing authentication';
    const claims = verifyToken(token, keys);

    if (!claims) return 'Invalid token';

    return typeof claims.exp === 'number' && claims.exp * 1000 <= Date.now() ? 'Expired token' : claims;
}

function scopesOf({ scope }: Claims): string[] {
    return [scope].flat() as string[];
}

function exchange({ builds, keys }: ApiState, id: number, payload: unknown, claims: Claims): Answer {
    if (payload === null) return SERVER_ERROR;
    const { buildTimeout } = payload as { buildTimeout?: string | number | null };
    const build = builds.get(id);

    if (!build) return errorAnswer(404, 'Build does not exist');
    if (Number(claims.username) !== id) return errorAnswer(404, 'Build Id parameter and token does not match');
    if (buildTimeout !== null && !Number.isFinite(Number(buildTimeout))) {
        return errorAnswer(400, `Invalid buildTimeout value: ${buildTimeout}`);
    }
    if (!WAITING.includes(build.status)) return errorAnswer(403, 'Build is already running or finished.');
    const minutes = parseInt(String(buildTimeout), 10);

    if (Number.isNaN(minutes)) return SERVER_ERROR;
    const iat = Math.floor(Date.now() / 1000);

    return {
        status: 200,
        body: {
            token: signToken({ ...claims, scope: ['build'], iat, exp: iat + minutes * 60, jti: randomUUID() }, keys)
        }
    };
}

function update({ builds }: ApiState, id: number, payload: unknown, { username }: Claims): Answer {
    if (Number(username) !== id) return errorAnswer(403, `Credential only valid for ${String(username)}`);
    const build = builds.get(id);

    if (!build) return errorAnswer(404, `Build ${id} does not exist`);
    if (!UNFINISHED.includes(build.status)) {
        return errorAnswer(403, 'Can only update RUNNING, QUEUED, BLOCKED, FROZEN, or UNSTABLE builds');
    }
    const { status, statusMessage } = (payload ?? {}) as Partial<ApiBuild>;

    if (status === 'RUNNING' && build.status === 'RUNNING') {
        return errorAnswer(403, `Can not update status to RUNNING. Build Id: ${id} is still running.`);
    }
    // Like the real API: it accepts the update, but nothing changes.
    if (status !== undefined && build.status === 'UNSTABLE') return { status: 200, body: build };
    if (status !== undefined) build.status = status;
    if (statusMessage !== undefined) build.statusMessage = statusMessage;

    return { status: 200, body: build };
}

function get({ builds }: ApiState, id: number): Answer {
    const build = builds.get(id);

    return build ? { status: 200, body: build } : errorAnswer(404, 'Build does not exist');
}
