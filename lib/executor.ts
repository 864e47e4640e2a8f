import { exchangeArguments, isInTurn, perform, settle, validated, type Callback } from './calls';
import { connectionOf, endsOf, exchangeClient } from './connection';
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

/** A hook may answer with a promise, a plain value, or by throwing. */
type Awaitable<Result> = Result | PromiseLike<Result>;

/** The arguments of a constructor that needs no options. */
type Optional<Options> = Record<never, never> extends Options ? [] : undefined extends Options ? [] : [config: Options];

/**
 * The class that all executors extend. An executor is the engine that runs a build's containers.
 *
 * The public method is the contract, the underscored hook is the engine's part: `start(config)` validates, then calls
 * `_start(config)` with the same object; what the hook resolves with goes back untouched. Every operation returns a
 * native promise, whatever the hook does, and takes a callback after its declared arguments.
 *
 * `_start` and `_stop` must be implemented. The other hooks either resolve undefined or reject `Not implemented`
 * (code `EXECUTOR_NOT_IMPLEMENTED`) until they are.
 *
 * @typeParam Options what the constructor takes; it may be left out where all of it is optional
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
     * Whether the calls for a build come in turn on one executor, which a subclass says with
     * `static readonly callsInTurn: boolean = true`: starts beside each other are one, a stop aborts a start and comes
     * after it, parallel stops are one, and nothing starts after `cleanUp`. @default false
     */
    static readonly callsInTurn: boolean = false;

    /** What the constructor was given. Subclasses may replace it. */
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

    /** Must start the build's launcher and resolve, or reject with the reason. The config has passed validation. */
    protected abstract _start(config: configs.StartConfig, context: hooks.StartContext): Awaitable<Started>;

    /**
     * Stops a build, whether it runs, has ended or never started.
     *
     * Rejects with Joi's ValidationError for a config that does not fit `plugins.executor.stop`.
     */
    stop(config: configs.StopConfig, callback?: Callback): Promise<unknown> {
        return validated(this, 'stop', config, callback, context => this._stop(config, context));
    }

    /** Must end the build and leave nothing of it on the engine; must tolerate a build that is not there. */
    protected abstract _stop(config: configs.StopConfig, context: hooks.StopContext): unknown;

    /**
     * Checks that a build which was started has come up. Resolving with a non-empty string means "fail the build with
     * this message".
     *
     * Rejects with Joi's ValidationError for a config that does not fit `plugins.executor.verify`.
     */
    verify(config: configs.VerifyConfig, callback?: Callback<string | undefined>): Promise<string | undefined> {
        return validated(this, 'verify', config, callback, context => this._verify(config, context));
    }

    /** May resolve with a text for the build's owner when the build cannot run. Resolves undefined by default. */
    protected _verify(
        _config: configs.VerifyConfig,
        _context: hooks.VerifyContext
    ): Awaitable<string | undefined | void> {
        return Promise.resolve();
    }

    /**
     * Resolves with the state of a build in words.
     *
     * Rejects with Joi's ValidationError for a config that does not fit `plugins.executor.status`.
     */
    status(config: configs.StatusConfig, callback?: Callback<string>): Promise<string> {
        return validated(this, 'status', config, callback, context => this._status(config, context));
    }

    /** May resolve with the build's state in words. Rejects `Not implemented` by default. */
    protected _status(_config: configs.StatusConfig, _context: hooks.VerifyContext): Awaitable<string> {
        return Promise.reject(notImplemented());
    }

    /** Schedules a job that builds periodically. The config is not validated. */
    startPeriodic(config: configs.PeriodicConfig, callback?: Callback): Promise<unknown> {
        return perform(this, 'startPeriodic', config, callback, context => this._startPeriodic(config, context));
    }

    /** May schedule the job. Rejects `Not implemented` by default. */
    protected _startPeriodic(_config: configs.PeriodicConfig, _context: hooks.HookContext): unknown {
        return Promise.reject(notImplemented());
    }

    /** Takes a job that builds periodically from the schedule. The config is not validated. */
    stopPeriodic(config: configs.PeriodicConfig, callback?: Callback): Promise<unknown> {
        return perform(this, 'stopPeriodic', config, callback, context => this._stopPeriodic(config, context));
    }

    /** May take the job from the schedule. Rejects `Not implemented` by default. */
    protected _stopPeriodic(_config: configs.PeriodicConfig, _context: hooks.HookContext): unknown {
        return Promise.reject(notImplemented());
    }

    /** Keeps a build that falls into a freeze window until the window ends. The config is not validated. */
    startFrozen(config: configs.FrozenConfig, callback?: Callback): Promise<unknown> {
        return perform(this, 'startFrozen', config, callback, context => this._startFrozen(config, context));
    }

    /** May keep the build until the window ends. Rejects `Not implemented` by default. */
    protected _startFrozen(_config: configs.FrozenConfig, _context: hooks.HookContext): unknown {
        return Promise.reject(notImplemented());
    }

    /** Drops a build that waits for a freeze window to end. The config is not validated. */
    stopFrozen(config: configs.FrozenConfig, callback?: Callback): Promise<unknown> {
        return perform(this, 'stopFrozen', config, callback, context => this._stopFrozen(config, context));
    }

    /** May drop the waiting build. Rejects `Not implemented` by default. */
    protected _stopFrozen(_config: configs.FrozenConfig, _context: hooks.HookContext): unknown {
        return Promise.reject(notImplemented());
    }

    /** Starts the clock of a build's timeout: the API calls it when the build runs. The config is not validated. */
    startTimer(config: configs.TimerConfig, callback?: Callback): Promise<unknown> {
        return perform(this, 'startTimer', config, callback, context => this._startTimer(config, context));
    }

    /** May start the clock. Resolves undefined by default. */
    protected _startTimer(_config: configs.TimerConfig, _context: hooks.HookContext): unknown {
        return Promise.resolve();
    }

    /** Stops the clock of a build's timeout: the API calls it when the build has ended. The config is not validated. */
    stopTimer(config: configs.TimerConfig, callback?: Callback): Promise<unknown> {
        return perform(this, 'stopTimer', config, callback, context => this._stopTimer(config, context));
    }

    /** May stop the clock. Resolves undefined by default. */
    protected _stopTimer(_config: configs.TimerConfig, _context: hooks.HookContext): unknown {
        return Promise.resolve();
    }

    /** Unpacks the ZIP of a build's artifacts. The config is not validated. */
    unzipArtifacts(config: configs.UnzipConfig, callback?: Callback): Promise<unknown> {
        return perform(this, 'unzipArtifacts', config, callback, context => this._unzipArtifacts(config, context));
    }

    /** May unpack the ZIP. Rejects `Not implemented` by default. */
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

    /** May queue the webhook. Rejects `Not implemented` by default: the API then handles the webhook itself. */
    protected _enqueueWebhook(_config: configs.WebhookConfig, _context: hooks.HookContext): unknown {
        return Promise.reject(notImplemented());
    }

    /**
     * Ends what the executor still does, before the process ends: the API calls it on SIGTERM and waits 30 s.
     *
     * Resolves undefined, whatever `_cleanUp` resolves with. A call while another is in progress shares its outcome.
     */
    cleanUp(callback?: Callback<undefined>): Promise<undefined> {
        const work = async () => {
            if (isInTurn(this)) Turns.of(this).close();

            return InFlight.of(this).cleanUp(() => this._cleanUp());
        };

        return settle(traced(this, 'cleanUp', undefined, work), callback);
    }

    /**
     * May end what the executor still does. Called without arguments. By default it resolves undefined, or calls
     * `shutDown` for a class whose calls are in turn.
     */
    protected _cleanUp(): unknown {
        return isInTurn(this) ? this.shutDown() : Promise.resolve();
    }

    /**
     * Ends the executor in order, for `_cleanUp` to call: waits for the operations in flight, then takes the steps, one
     * after the other, whatever fails before.
     *
     * When its patience is over the signals of the hooks still at work are aborted; work that goes on after its start
     * is aborted at once. Rejects with what failed, an AggregateError where that is more than one; with code
     * `EXECUTOR_SHUTDOWN_TIMEOUT` where an operation did not end.
     *
     * @param steps what remains to be closed when nothing is in flight any more
     * @param deadline milliseconds for the operations in flight: the API gives `cleanUp` 30 s in all
     * @param patience milliseconds that hooks are left alone, from 0 to the deadline. @default four fifths of it
     * @throws TypeError if `steps` is not an array of functions or `deadline` is out of range; checked before waiting
     */
    protected shutDown(steps: Array<() => unknown> = [], deadline = 25_000, patience = 0.8 * deadline): Promise<void> {
        return shutDown(this, steps, deadline, patience);
    }

    /** Statistics on the executor; `{}` unless overridden. See `Executor.collectStats`. */
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
     * A job's annotations by their short name: `{ 'screwdriver.cd/cpu': 'HIGH' }` gives `{ cpu: 'HIGH' }`.
     *
     * Knows the annotations that screwdriver-data-schema reserves for jobs; others are left out. A `beta.` prefix is
     * dropped; of a key and its beta twin the later one wins. Values are untouched; null and undefined give `{}`.
     */
    parseAnnotations(annotations: configs.Annotations | null | undefined): annotations.ParsedAnnotations {
        return parseAnnotations(annotations);
    }

    /**
     * Resolves with the build's own JWT (scope `build`), in exchange for its temporal one.
     *
     * The API is asked with retries, in bounded time: see {@link exchanging.ExchangeOptions}. A token that is a build
     * token already comes back unchanged, with nothing sent.
     *
     * Exchange as late as possible: the token's clock starts here. Inside `_start`, a bare token will do: it is looked
     * up among this executor's calls in progress.
     *
     * @param config token, apiUri and buildId; a whole start config will do
     * @param buildTimeout minutes that the build may take, 90 by default, rounded up; `bufferMinutes` are added for the
     *   teardown
     * @param callback may also stand in the place of `options`, or of `buildTimeout`
     * @throws Joi's ValidationError, or an ExecutorError: docs/errors.md lists its codes. Neither shows a token.
     */
    exchangeTokenForBuild(
        config: configs.ExchangeConfig | string,
        buildTimeout?: number | string | Callback<string>,
        options?: exchanging.ExchangeOptions | Callback<string>,
        callback?: Callback<string>
    ): Promise<string> {
        const { minutes, asked, done } = exchangeArguments(buildTimeout, options, callback);
        const held = typeof config === 'string' ? InFlight.heldBy(this, config) : [];
        const whole = typeof config === 'string' ? held[0] : config;

        return perform(this, 'exchangeTokenForBuild', whole, done, (_context, tries) => {
            if (typeof config === 'string' && held.length !== 1) throw tokenUnknown(held.length);
            const signals = endsOf(this, whole, asked);

            return exchangeClient().exchangeToken(whole as configs.ExchangeConfig, minutes, asked, signals, tries);
        });
    }

    /**
     * Makes a build a FAILURE in the API, with a reason for its owner. For a build that this executor has ended, or that
     * will never come up, and whose launcher cannot tell.
     *
     * Resolves true; false where the build has ended, is UNSTABLE, or, with a temporal token, no longer waits to run.
     * The API is asked as for an exchange, for 60 s in all by default. **It calls `stop` for the build before it answers**,
     * perhaps on this executor: do not wait for a report inside `_stop`.
     *
     * @param config token, apiUri and buildId: the build's own token, or the temporal one
     * @param reason why, for the build's owner: it becomes the build's statusMessage. Tokens in it are masked
     * @param options by default the agent and ca of the last exchange for a build that is in flight
     * @throws Joi's ValidationError, a TypeError for no reason, `EXECUTOR_TOKEN_SCOPE`, or `EXECUTOR_REPORT` where the API
     *   did not take it
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

// Abstract to TypeScript, which holds authors to implement them, yet there at run time, as in every earlier version.
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
    // A static alone is a value: this makes it a type as well.
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
