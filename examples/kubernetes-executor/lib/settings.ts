import { debuglog } from 'node:util';
import joi = require('joi');
import { faultsIn } from './template';

/** Where the official launcher keeps caches: `s3`, in the store, or `disk`, below a path of each node. */
export interface Cache {
    strategy: 's3' | 'disk';
    path: string;
    compress: boolean;
    md5check: boolean;
    max_size_mb: number;
    max_go_threads: number;
}

const DEFAULTS = {
    /** The namespace of the builds' pods and Secrets. */
    namespace: 'default',
    /** The image with the job tools. It needs `cp`, and a shell with its usual tools if they stay on the nodes. */
    jobToolsImage: 'screwdrivercd/launcher:stable',
    /** The kind of job tools: `official`, as in `screwdrivercd/launcher`, or only a `launch`. */
    jobTools: 'official' as 'official' | 'launch',
    /** Where the job tools are, in their image and in the build's container: a folder with the launch script. */
    mountPoint: '/opt/sd',
    /**
     * A folder of the nodes in which the job tools stay: the first pod of a node copies them there. Then
     * `jobToolsImage` must have a digest. Without this folder each pod copies them.
     */
    jobToolsPath: '',
    /** Whether builds have the folder /hab of that image at the same path: the programs of Habitat. */
    habitat: false,
    /**
     * A ConfigMap of the namespace whose key `ca.crt` has CA certificates (PEM): the roots that builds trust instead of
     * those of their image.
     */
    caConfigMap: '',
    /** The pods' service account. By default, that of the namespace. */
    serviceAccount: '',
    /** Merged into each pod, and takes precedence: `{ spec: { priorityClassName: 'builds' } }`. */
    podTemplate: {} as Record<string, unknown>,
    /** The prefix of the names that this executor makes, so that two executors can share a namespace. */
    prefix: 'sd-',
    /**
     * Seconds that a build may take to end after TERM, unless its annotation terminationGracePeriodSeconds has more.
     */
    stopSeconds: 60,
    /** The maximum minutes that a build may request. */
    maxBuildTimeout: 720,
    /**
     * Seconds beyond its timeout and its grace time after which the cluster ends a pod that nobody else has ended. The
     * time counts from the pod's start and includes pulls.
     */
    deadlineBuffer: 1800,
    /**
     * Seconds that the cluster may keep trying to find or add a node, to pull an image or to make the container before
     * `verify` says what is missing. `status` says it at once.
     */
    stuckSeconds: 300,
    /**
     * Milliseconds that `start` waits for a node before it resolves `false` and continues in the background. Also the
     * wait of a `verify` that continues the start of another process.
     */
    nodeWait: 10_000,
    /**
     * For a host whose processes end with their answer, such as the build-cluster worker: nothing continues in the
     * background. `start` waits up to `startWait` for a node, and `stop` until the build's pod is gone.
     */
    processPerCall: false,
    /** Seconds after which such a `start` rejects as retryable. The next one continues with what exists. */
    startWait: 240,
    /** Milliseconds that the cluster may take to answer a request. */
    answerTimeout: 30_000,
    /** Gets the errors of work in the background, which nobody awaits. */
    log: debuglog('screwdriver-executor-kubernetes') as (line: string) => void,
    /** The addresses of Screwdriver's store and UI. The API adds them to the options of its executors. */
    ecosystem: {} as { store?: string; ui?: string; cache?: Cache }
};

export type Settings = typeof DEFAULTS;
/**
 * `kubeconfig` is a file. The default is the file that `KUBECONFIG` names, then `~/.kube/config`, then the cluster that
 * the executor runs in. Other keys are allowed, since the API's `ecosystem` has more of them.
 */
export type Options = Partial<Settings> & { kubeconfig?: string };

/** The official job tools have this path compiled in. */
const OFFICIAL_MOUNT_POINT = '/opt/sd';

/** Without a store the official log service ends at once, and the launcher waits forever. */
const address = joi
    .string()
    .uri({ scheme: ['http', 'https'] })
    .required()
    .messages({
        'any.required': `{{#label}} is required, unless jobTools is 'launch': the official job tools need it`
    });

/** With the names and defaults of screwdriver-executor-k8s. */
const cache = wellSpelled({
    strategy: joi.valid('s3', 'disk').default('s3'),
    path: joi
        .string()
        .pattern(/^\//)
        .default('/')
        .messages({ 'string.pattern.base': '{{#label}} must be a path from the root' }),
    compress: joi.boolean().default(false),
    md5check: joi.boolean().default(false),
    max_size_mb: joi.number().integer().min(0).default(0),
    max_go_threads: joi.number().integer().min(1).default(10_000)
});

/** The digest at the end of an image's name. */
const DIGEST = /@sha256:[0-9a-f]{64}$/;
const NEEDS_DIGEST =
    '{{#label}} must have a digest (name@sha256:…): with jobToolsPath, nodes keep the job tools, and a tag can move';

const rules = {
    namespace: joi.string(),
    jobToolsImage: joi.string().when('jobToolsPath', {
        is: joi.string().required(),
        then: joi.string().pattern(DIGEST).required().messages({
            'any.required': NEEDS_DIGEST,
            'string.pattern.base': NEEDS_DIGEST
        })
    }),
    jobToolsPath: joi
        .string()
        .allow('')
        .pattern(/^\/[\w./-]*[\w.-]$/, 'an absolute path'),
    habitat: joi.boolean(),
    caConfigMap: joi.string().allow(''),
    jobTools: joi.string().valid('official', 'launch'),
    mountPoint: joi
        .string()
        .replace(/\/+$/, '')
        .pattern(/^\/[^/]/)
        .messages(
            Object.fromEntries(
                ['string.empty', 'string.pattern.base'].map(type => [type, '{{#label}} must be a path below the root'])
            )
        )
        .when('jobTools', { is: 'official', then: joi.valid(OFFICIAL_MOUNT_POINT) }),
    serviceAccount: joi.string().allow(''),
    podTemplate: joi.object().custom(template),
    prefix: joi.string().pattern(/^[a-z0-9][a-z0-9-]*$/, "the start of a pod's name"),
    stopSeconds: joi.number().min(0),
    maxBuildTimeout: joi.number().positive(),
    deadlineBuffer: joi.number().min(0),
    stuckSeconds: joi.number().min(0),
    nodeWait: joi.number().min(0),
    processPerCall: joi.boolean(),
    startWait: joi.number().positive(),
    answerTimeout: joi.number().positive(),
    log: joi.function()
};
const schema = wellSpelled({
    ...Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, rule.default(defaultOf(name))])),
    ecosystem: joi.when('jobTools', {
        is: 'launch',
        then: joi.object(),
        otherwise: wellSpelled({ store: address, ui: address, cache })
    }),
    kubeconfig: joi.string()
}).required();

/**
 * The options with their defaults. Throws Joi's ValidationError with all errors at once, so that they show when the API
 * boots.
 */
export function settingsFrom(options: Options): Settings {
    const given = Object(options) === options ? { ...options, ecosystem: options.ecosystem ?? {} } : options;

    return joi.attempt(given, schema, { abortEarly: false }) as Settings;
}

/**
 * An object with these keys and others. Refuses a key that differs from one of them only in case, `-` or `_`, which
 * would otherwise be ignored like other unknown keys.
 */
function wellSpelled(keys: Record<string, joi.Schema>) {
    return Object.keys(keys).reduce((object, key) => {
        const likeIt = new RegExp(`^[-_]*${[...key].join('[-_]*')}[-_]*$`, 'i');

        return object.pattern(
            likeIt,
            joi.forbidden().messages({ 'any.unknown': `{{#label}} must be written "${key}"` })
        );
    }, joi.object(keys).unknown());
}

function template(value: unknown, helpers: joi.CustomHelpers) {
    const faults = faultsIn(value);

    return faults.length > 0 ? helpers.message({ custom: faults.join('. ') }) : value;
}

function defaultOf(name: string) {
    // Wrapped, since Joi calls a default that is a function.
    return () => DEFAULTS[name as keyof Settings];
}
