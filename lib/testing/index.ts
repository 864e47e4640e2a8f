export {
    freshBuildId,
    startConfig,
    startTimerConfig,
    statusConfig,
    stopConfig,
    stopFrozenConfig,
    stopTimerConfig,
    verifyConfig
} from './configs';
export { MemoryEngine } from './memory-engine';
export { MemoryExecutor } from './memory-executor';
export { startTokenApi } from './token-api';
export type { ApiBuild } from './api-build';
export type { ConfigSource } from './configs';
export type { Claims, KeyPair } from './jwt';
export type { MemoryBuild } from './memory-engine';
export type { MemoryOptions } from './memory-executor';
export type { ApiRequest, Fault, TokenApi, TokenApiOptions } from './token-api';
