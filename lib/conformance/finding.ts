/** Parts of a report that a finding brings along, in the place of those of its check. */
interface Parts {
    /** What is wrong, in the place of the rule. */
    title?: string;
    why?: string;
    /** What to change. */
    fix?: string;
    /** Whether the rule has not been tried since the same call hung before: one line is enough. */
    isKnown?: boolean;
    /** Whether it tells of a call that has not settled. */
    isHang?: boolean;
}

/** What a check has seen. */
export class Finding extends Error {
    constructor(
        happened: string,
        readonly parts: Parts = {}
    ) {
        super(happened);
    }
}

/** Says what a check has seen; the check adds which rule it breaks, and what to change unless that is said here. */
export function violation(happened: string, fix?: string): Finding {
    return new Finding(happened, fix === undefined ? {} : { fix });
}

/** Says that an option of the kit does not do its part: no rule has been tried. */
export function misuse(option: string, happened: string, must: string): Finding {
    return new Finding(happened, {
        title: `The options of the kit are wrong: ${option}`,
        why: `${option} must ${must}; the rule itself has not been tried`,
        fix: `${option} in the options of the kit, not the executor`
    });
}
