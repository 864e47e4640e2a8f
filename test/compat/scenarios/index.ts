import { base } from './base';
import { builds } from './builds';
import { failures } from './failures';
import { object } from './object';
import { otherOperations } from './other-operations';
import { router } from './router';
import type { Scenarios } from '../child/recording';

const names = ['docker', 'jenkins', 'k8s', 'k8s-vm', 'nomad', 'queue', 'router'];

/** Every scenario by its name. */
export function allScenarios(): Scenarios {
    const scenarios: Scenarios = {};

    for (const name of names) {
        for (const group of [builds, failures, otherOperations, object]) {
            for (const [title, run] of Object.entries(group(name))) scenarios[`${name}: ${title}`] = run;
        }
    }

    return { ...scenarios, ...router, ...base };
}
