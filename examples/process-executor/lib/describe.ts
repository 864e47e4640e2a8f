import type { Exit } from './process-group';

export function describeExit({ code, signal }: Exit): string {
    return signal ? `ended by ${signal}` : `exit code ${code}`;
}

export function describeDuration(milliseconds: number): string {
    return `${(milliseconds / 1000).toFixed(1)} s`;
}
