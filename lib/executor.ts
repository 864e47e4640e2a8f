import { exchangeArguments, isInTurn, perform, settle, validated, type Callback } from './calls';
import { connectionOf, abortSignalsOf, exchangeClient } from './connection';
import { buildIdFrom } from './build/build-id';
import { buildTimeoutFrom, parseAnnotations } from './build/annotations';
import { traced } from './observability/diagnostics';
import { isRetryable, kindOf } from './errors/kinds';
import { ExecutorError, notImplemented, tokenUnknown } from './errors/executor-error';
import { withoutSecrets } from './errors/mask';
import { InFlight } from './operations/in-flight';
import { shutDown } from './operations/shutdown';
import { Turns } from './operations/turns';
import { gracePeriodFrom, limitsFrom } from './build/limits';
import { launch } from './build/launch';
import { OFFICIAL_LAUNCH } from './build/official';
import { collectStats, type Stats } from './observability/operation-stats';
import { OPERATIONS, type Operation as OperationName } from './operations/names';
import type * as annotations from './build/annotations';
import type * as configs from './config';
import type * as messages from './observability/diagnostics';
import type * as summaries from './errors/kinds';
import type * as errors from './errors/executor-error';
import type * as hooks from './operations/context';
import type * as limits from './build/limits';
import type * as launching from './build/launch';
import type * as launchOptions from './build/launch-options';
import type * as exchanging from './exchange/exchange';
import type * as reporting from './exchange/report';

/** A hook may return a promise or a plain value, or throw. */
type Awaitable<Result> = Result | PromiseLike<Result>;

/** The arguments of a constructor that needs no options. */
type Optional<Options> = Record<never, never> extends Options ? [] : undefined extends Options ? [] : [config: Options];

/**
 * The class that all executors extend. An executor runs a build's containers on an engine.
 *
 * The public method is the contract, and the underscored hook is the engine's part: `start(config)` validates the
 * config and calls `_start(config)` with the same object. The caller gets what the hook resolves with, unchanged. Every
 * operation returns a native promise, whatever the hook does, and accepts a callback after its declared arguments.
 *
 * `_start` and `_stop` must be implemented. The other hooks are optional: they resolve with undefined or reject with
 * `Not implemented` (code `EXECUTOR_NOT_IMPLEMENTED`) by default.
 *
 * @typeParam Options what the constructor takes; it may be left out if all of it is optional
 * @typeParam Started what `_start` resolves with
 */
abstract class Executor<Options = any, Started = unknown> {
    static readonly ExecutorError = ExecutorError;
    static readonly kindOf = kindOf;
    static readonly isRetryable = isRetryable;
    static readonly withoutSecrets = withoutSecrets;
    static readonly collectStats = collectStats;
    static readonly buildIdFrom = buildIdFrom;
    static readonly buildTimeoutFrom = buildTimeoutFrom;
    static readonly gracePeriodFrom = gracePeriodFrom;
    static readonly limitsFrom = limitsFrom;
    static readonly launch = launch;
    /** The names of the operations that have a hook, `cleanUp` among them. */
    static readonly OPERATIONS = OPERATIONS;
    /** Figures of `launch` with the official job tools: for the grace time and for `verify`. */
    static readonly OFFICIAL_LAUNCH = OFFICIAL_LAUNCH;

    /**
     * Whether the base orders the calls for a build on one executor. A subclass turns it on with `static readonly
     * callsInTurn: boolean = true`: concurrent starts are one, a stop aborts a start and runs after it, concurrent
     * stops are one, and nothing starts after `cleanUp`. @default false
     */
    static readonly callsInTurn: boolean = false;

    /** The constructor's argument. Subclasses may replace it. */
    config: Options;

    constructor(...none: Optional<Options>);
    constructor(config: Options);
    constructor(config?: Options) {
        this.config = config as Options;
    }

    /**
     * Starts a build.
     *
     * Resolves with what `_start` resolves with: `false` means "not yet, put it back on the queue". Rejects with Joi's
     * ValidationError for a config that does not fit `plugins.executor.start` of screwdriver-data-schema.
     */
    start(config: configs.StartConfig, callback?: Callback<Started | false>): Promise<Started | false> {
        return validated(this, 'start', config, callback, context => this._start(config, context));
    }

    /** Must start the build's launcher and resolve, or reject with the reason. The config is valid. */
    protected abstract _start(config: configs.StartConfig, context: hooks.StartContext): Awaitable<Started>;

    /**
     * Stops a build, whether it runs, has ended or never started.
     *
     * Rejects with Joi's ValidationError for a config that does not fit `plugins.executor.stop`.
     */
    stop(config: configs.StopConfig, callback?: Callback): Promise<unknown> {
        return validated(this, 'stop', config, callback, context => this._stop(config, context));
    }

    /** Must end the build and leave nothing of it on the engine. Must resolve for a build that does not exist. */
    protected abstract _stop(config: configs.StopConfig, context: hooks.StopContext): unknown;

    /**
     * Checks that a started build has come up. A non-empty string means "fail the build with this message".
     *
     * Rejects with Joi's ValidationError for a config that does not fit `plugins.executor.verify`.
     */
    verify(config: configs.VerifyConfig, callback?: Callback<string | undefined>): Promise<string | undefined> {
        return validated(this, 'verify', config, callback, context => this._verify(config, context));
    }

    /** May resolve with a message for the build's owner if the build cannot run. Resolves with undefined by default. */
    protected _verify(
        _config: configs.VerifyConfig,
        _context: hooks.VerifyContext
    ): Awaitable<string | undefined | void> {
        return Promise.resolve();
    }

    /**
     * Resolves with a description of the build's state.
     *
     * Rejects with Joi's ValidationError for a config that does not fit `plugins.executor.status`.
     */
    status(config: configs.StatusConfig, callback?: Callback<string>): Promise<string> {
        return validated(this, 'status', config, callback, context => this._status(config, context));
    }

    /** May resolve with a description of the build's state. Rejects with `Not implemented` by default. */
    protected _status(_config: configs.StatusConfig, _context: hooks.VerifyContext): Awaitable<string> {
        return Promise.reject(notImplemented());
    }

    /** Schedules a job that builds periodically. The config is not validated. */
    startPeriodic(config: configs.PeriodicConfig, callback?: Callback): Promise<unknown> {
        return perform(this, 'startPeriodic', config, callback, context => this._startPeriodic(config, context));
    }

    /** May schedule the job. Rejects with `Not implemented` by default. */
    protected _startPeriodic(_config: configs.PeriodicConfig, _context: hooks.HookContext): unknown {
        return Promise.reject(notImplemented());
    }

    /** Removes a job that builds periodically from the schedule. The config is not validated. */
    stopPeriodic(config: configs.PeriodicConfig, callback?: Callback): Promise<unknown> {
        return perform(this, 'stopPeriodic', config, callback, context => this._stopPeriodic(config, context));
    }

    /** May remove the job from the schedule. Rejects with `Not implemented` by default. */
    protected _stopPeriodic(_config: configs.PeriodicConfig, _context: hooks.HookContext): unknown {
        return Promise.reject(notImplemented());
    }

    /** Holds a build that falls into a freeze window until the window ends. The config is not validated. */
    startFrozen(config: configs.FrozenConfig, callback?: Callback): Promise<unknown> {
        return perform(this, 'startFrozen', config, callback, context => this._startFrozen(config, context));
    }

    /** May hold the build until the window ends. Rejects with `Not implemented` by default. */
    protected _startFrozen(_config: configs.FrozenConfig, _context: hooks.HookContext): unknown {
        return Promise.reject(notImplemented());
    }

    /** Drops a build that is waiting for a freeze window to end. The config is not validated. */
    stopFrozen(config: configs.FrozenConfig, callback?: Callback): Promise<unknown> {
        return perform(this, 'stopFrozen', config, callback, context => this._stopFrozen(config, context));
    }

    /** May drop the waiting build. Rejects with `Not implemented` by default. */
    protected _stopFrozen(_config: configs.FrozenConfig, _context: hooks.HookContext): unknown {
        return Promise.reject(notImplemented());
    }

    /** Starts the timer of a build's timeout. The API calls it when the build runs. The config is not validated. */
    startTimer(config: configs.TimerConfig, callback?: Callback): Promise<unknown> {
        return perform(this, 'startTimer', config, callback, context => this._startTimer(config, context));
    }

    /** May start the timer. Resolves with undefined by default. */
    protected _startTimer(_config: configs.TimerConfig, _context: hooks.HookContext): unknown {
        return Promise.resolve();
    }

    /** Stops the timer of a build's timeout. The API calls it when the build has ended. The config is not validated. */
    stopTimer(config: configs.TimerConfig, callback?: Callback): Promise<unknown> {
        return perform(this, 'stopTimer', config, callback, context => this._stopTimer(config, context));
    }

    /** May stop the timer. Resolves with undefined by default. */
    protected _stopTimer(_config: configs.TimerConfig, _context: hooks.HookContext): unknown {
        return Promise.resolve();
    }

    /** Unpacks the ZIP of a build's artifacts. The config is not validated. */
    unzipArtifacts(config: configs.UnzipConfig, callback?: Callback): Promise<unknown> {
        return perform(this, 'unzipArtifacts', config, callback, context => this._unzipArtifacts(config, context));
    }

    /** May unpack the ZIP. Rejects with `Not implemented` by default. */
    protected _unzipArtifacts(_config: configs.UnzipConfig, _context: hooks.HookContext): unknown {
        return Promise.reject(notImplemented());
    }

    /**
     * Puts a webhook on a queue. What the hook resolves with becomes the API's HTTP answer (null is fine, undefined is
     * a 500). The config is not validated.
     */
    enqueueWebhook(config: configs.WebhookConfig, callback?: Callback): Promise<unknown> {
        return perform(this, 'enqueueWebhook', config, callback, context => this._enqueueWebhook(config, context));
    }

    /** May queue the webhook. Rejects with `Not implemented` by default: the API then handles the webhook itself. */
    protected _enqueueWebhook(_config: configs.WebhookConfig, _context: hooks.HookContext): unknown {
        return Promise.reject(notImplemented());
    }

    /**
     * Ends the executor's work before the process exits. The API calls it on SIGTERM and waits 30 s.
     *
     * Resolves with undefined, whatever `_cleanUp` resolves with. A call during another one shares its outcome.
     */
    cleanUp(callback?: Callback<undefined>): Promise<undefined> {
        const work = async () => {
            if (isInTurn(this)) Turns.of(this).close();

            return InFlight.of(this).cleanUp(() => this._cleanUp());
        };

        return settle(traced(this, 'cleanUp', undefined, work), callback);
    }

    /**
     * May end the executor's work. Called without arguments. By default it resolves with undefined, or calls `shutDown`
     * if the class has `callsInTurn`.
     */
    protected _cleanUp(): unknown {
        return isInTurn(this) ? this.shutDown() : Promise.resolve();
    }

    /**
     * An orderly shutdown, for `_cleanUp` to call: waits for the operations in progress, then runs the steps one after
     * the other, even if an earlier one fails.
     *
     * After `patience` it aborts the signals of the hooks that are still running. It aborts work that continues after a
     * start at once. Rejects with the error of what failed, or with an AggregateError if several things failed. The
     * code is `EXECUTOR_SHUTDOWN_TIMEOUT` if an operation did not end.
     *
     * @param steps functions that close what remains, called after the wait for the operations
     * @param deadline milliseconds for the operations in progress; the API gives `cleanUp` 30 s in total
     * @param patience milliseconds before hooks are aborted, from 0 to the deadline. @default four fifths of the
     * deadline
     * @throws TypeError if `steps` is not an array of functions or `deadline` is out of range; checked before waiting
     */
    protected shutDown(steps: Array<() => unknown> = [], deadline = 25_000, patience = 0.8 * deadline): Promise<void> {
        return shutDown(this, steps, deadline, patience);
    }

    /** Statistics of the executor; `{}` unless overridden. See `Executor.collectStats`. */
    stats(_config?: unknown): Stats | Promise<Stats> {
        return {};
    }

    /** Whether the hook behind an operation is overridden: `supports('verify')`. False for an unknown name. */
    supports(operation: OperationName): boolean {
        if (!OPERATIONS.includes(operation)) return false;
        const hook = `_${operation}` as const;

        return this[hook] !== Executor.prototype[hook];
    }

    /**
     * A job's annotations by short name: `{ 'screwdriver.cd/cpu': 'HIGH' }` becomes `{ cpu: 'HIGH' }`.
     *
     * Contains the annotations that screwdriver-data-schema reserves for jobs, and no others. A `beta.` prefix is
     * dropped; if a key has both forms, the later one wins. Values are unchanged. Returns `{}` for null and undefined.
     */
    parseAnnotations(annotations: configs.Annotations | null | undefined): annotations.ParsedAnnotations {
        return parseAnnotations(annotations);
    }

    /**
     * Exchanges the build's temporal JWT for its own (scope `build`) and resolves with it.
     *
     * Retries until a deadline: see {@link exchanging.ExchangeOptions}. A token that already is a build token comes
     * back unchanged, and nothing is sent.
     *
     * Exchange as late as possible: the lifetime of the token starts here. Inside `_start`, a bare token is enough: it
     * is looked up among this executor's calls in progress.
     *
     * @param config token, apiUri and buildId; a whole start config is fine
     * @param buildTimeout minutes that the build may take, 90 by default, rounded up; `bufferMinutes` are added for the
     *   teardown
     * @param callback may also take the place of `options` or of `buildTimeout`
     * @throws Joi's ValidationError, or an ExecutorError: docs/errors.md lists its codes. Neither shows a token.
     */
    exchangeTokenForBuild(
        config: configs.ExchangeConfig | string,
        buildTimeout?: number | string | Callback<string>,
        options?: exchanging.ExchangeOptions | Callback<string>,
        callback?: Callback<string>
    ): Promise<string> {
        const { minutes, asked, done } = exchangeArguments(buildTimeout, options, callback);
        const held = InFlight.heldBy(this, config);
        const whole = typeof config === 'string' ? held[0] : config;

        return perform(this, 'exchangeTokenForBuild', whole, done, (_context, tries) => {
            if (typeof config === 'string' && held.length !== 1) throw tokenUnknown(held.length);
            const signals = abortSignalsOf(this, whole, asked);

            return exchangeClient().exchangeToken(whole as configs.ExchangeConfig, minutes, asked, signals, tries);
        });
    }

    /**
     * Sets a build to FAILURE in the API, with a reason for its owner. Use it for a build that this executor has ended,
     * or that will never come up, and whose launcher cannot report.
     *
     * Resolves with true, or with false if the build has ended, is UNSTABLE, or, with a temporal token or the option
     * `unlessRunning`, no longer waits to run. Retries like an exchange, for 60 s in total by default. **The API calls `stop` for the build before it
     * answers**, perhaps on this executor: do not wait for a report inside `_stop`.
     *
     * @param config token, apiUri and buildId. The token is the build's own or the temporal one
     * @param reason the reason for the build's owner, which becomes the build's statusMessage. Tokens in it are masked
     * @param options by default the agent and ca of the build's last exchange, while its start is in progress
     * @throws Joi's ValidationError, a TypeError if there is no reason, `EXECUTOR_TOKEN_SCOPE`, or `EXECUTOR_REPORT` if
     * the API did not accept the report
     */
    reportFailure(
        config: configs.ExchangeConfig,
        reason: string,
        options?: reporting.ReportOptions | Callback<boolean>,
        callback?: Callback<boolean>
    ): Promise<boolean> {
        const done = [options, callback].find(given => typeof given === 'function');
        const asked = typeof options === 'function' ? undefined : options;

        return perform(this, 'reportFailure', config, done, ({ signal }, tries) => {
            const { reportFailure } = require('./exchange/report') as typeof reporting;

            return reportFailure(config, reason, { ...connectionOf(this, config), ...asked }, [signal], tries);
        });
    }
}

// TypeScript sees these hooks as abstract, so authors must implement them. They exist at run time, as in every earlier
// version.
for (const hook of ['_start', '_stop']) {
    Object.defineProperty(Executor.prototype, hook, {
        value: () => Promise.reject(notImplemented()),
        writable: true,
        configurable: true
    });
}

// Types by name: `import type { StartConfig }` or `Executor.StartConfig`.
declare namespace Executor {
    export type Annotations = configs.Annotations;
    export type BuildTimeoutOptions = annotations.BuildTimeoutOptions;
    export type GracePeriodOptions = limits.GracePeriodOptions;
    export type ResourceLimits = limits.ResourceLimits;
    export type ParsedAnnotations = annotations.ParsedAnnotations;
    export type BuildId = configs.BuildId;
    export type ExchangeConfig = configs.ExchangeConfig;
    export type FrozenConfig = configs.FrozenConfig;
    export type PeriodicConfig = configs.PeriodicConfig;
    export type PipelineConfig = configs.PipelineConfig;
    export type Provider = configs.Provider;
    export type StartConfig = configs.StartConfig;
    export type StatusConfig = configs.StatusConfig;
    export type StopConfig = configs.StopConfig;
    export type TemplateConfig = configs.TemplateConfig;
    export type TimerConfig = configs.TimerConfig;
    export type UnzipConfig = configs.UnzipConfig;
    export type VerifyConfig = configs.VerifyConfig;
    export type WebhookConfig = configs.WebhookConfig;
    export type ErrorSummary = summaries.ErrorSummary;
    export type OperationMessage = messages.OperationMessage;
    export type OperationResult = messages.OperationResult;
    export type HookContext = hooks.HookContext;
    export type StartContext = hooks.StartContext;
    export type StopContext = hooks.StopContext;
    export type VerifyContext = hooks.VerifyContext;
    // The static is only a value: this makes it a type as well.
    export type ExecutorError = errors.ExecutorError;
    export type ErrorCode = errors.ErrorCode;
    export type ErrorKind = summaries.ErrorKind;
    export type ExecutorErrorJSON = errors.ExecutorErrorJSON;
    export type ExecutorErrorOptions = errors.ExecutorErrorOptions;
    export type ExchangeOptions = exchanging.ExchangeOptions;
    export type ReportOptions = reporting.ReportOptions;
    export type Launch = launching.Launch;
    export type LaunchOptions = launchOptions.LaunchOptions;
    export type ExecutorCallback<Result = unknown> = Callback<Result>;
    export type ExecutorStats = Stats;
    export type Operation = OperationName;
}

export = Executor;
