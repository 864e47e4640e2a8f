import { startConfig, startTimerConfig, statusConfig, stopConfig, stopTimerConfig } from '../testing/configs';
import type { TokenApi } from '../testing/token-api';
import type { ConfiguredOperation } from './options';

/** A config as the API passes it to an operation. */
export function configFor(
    api: TokenApi,
    operation: ConfiguredOperation,
    overrides: { buildId: any; [key: string]: any }
): { [key: string]: unknown } {
    switch (operation) {
        case 'stop':
            return stopConfig(api, overrides);
        case 'status':
            return statusConfig(api, overrides);
        case 'startTimer':
            return startTimerConfig(api, overrides);
        case 'stopTimer':
            return stopTimerConfig(api, overrides);
        default:
            return startConfig(api, overrides);
    }
}
