import { Recording, type Event } from './child/recording';
import { allScenarios } from './scenarios';
import type { Load } from './child/load';

/** Runs the scenarios over one base and returns their traces by name. `only` has the names of those to run. */
export = async (load: Load, { only }: { only?: string[] } = {}) => {
    const traces: Record<string, Event[]> = {};

    load.base();
    for (const [name, run] of Object.entries(allScenarios())) {
        if (only && !only.includes(name)) continue;
        const recording = new Recording(load);

        try {
            await run(recording);
        } catch (error) {
            recording.note('the scenario ended early', error);
        }
        await recording.close();
        traces[name] = recording.trace;
        if (process.env.TIMING) console.error(Math.round(performance.now()), name);
    }

    return traces;
};
