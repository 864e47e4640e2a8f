// Options are often put together from values that may be undefined: under exactOptionalPropertyTypes, each must say so.
import Executor = require('screwdriver-executor-base');
import type { ConformanceOptions, Observation } from 'screwdriver-executor-base/conformance';
import type { MemoryExecutor, MemoryOptions, TokenApiOptions } from 'screwdriver-executor-base/testing';

type Nothing<Options> = Record<keyof Options, undefined>;
type Told = Omit<ConformanceOptions<MemoryExecutor>, 'describe' | 'it' | 'factory'>;

declare const nothing: Nothing<
    Executor.ExchangeOptions &
        Executor.BuildTimeoutOptions &
        Executor.ExecutorErrorOptions &
        Told &
        Observation<MemoryExecutor> &
        MemoryOptions &
        TokenApiOptions
>;

export const exchange: Executor.ExchangeOptions = nothing;
export const timeout: Executor.BuildTimeoutOptions = nothing;
export const error: Executor.ExecutorErrorOptions = nothing;
export const told: Told = nothing;
export const observe: Observation<MemoryExecutor> = nothing;
export const memory: MemoryOptions = nothing;
export const api: TokenApiOptions = nothing;
