/** Parts of the report that replace those of the check. */
interface Parts {
    /** What is wrong, instead of the rule. */
    title?: string;
    why?: string;
    /** What to change. */
    fix?: string;
    /** Whether the rule was not checked because the same call hung before: one line is enough. */
    isKnown?: boolean;
    /** Whether a call did not settle. */
    isHang?: boolean;
}

/** What a check has found. */
export class Finding extends Error {
    constructor(
        happened: string,
        readonly parts: Parts = {}
    ) {
        super(happened);
    }
}

/** A broken rule. The check adds the rule and, unless `fix` is given, what to change. */
export function violation(happened: string, fix?: string): Finding {
    return new Finding(happened, fix === undefined ? {} : { fix });
}

/** A wrong option of the kit. The rule was not checked. */
export function misuse(option: string, happened: string, must: string): Finding {
    return new Finding(happened, {
        title: `Wrong option of the kit: ${option}`,
        why: `${option} must ${must}; the rule itself was not checked`,
        fix: `the option ${option} of the kit, not the executor`
    });
}
