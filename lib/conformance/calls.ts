import { Finding, misuse } from './finding';
import { isError, outcomeOf, within, words, type Outcome } from './outcome';
import type { Hangs } from './hangs';
import type { Operation } from '../executor';

/** The options that make the executor of a check. */
export type Maker = 'factory' | 'engineDown' | 'engineSlow';

/** A call that has not settled yet. */
interface Pending {
    operation: Operation;
    executor: object;
    isHung: boolean;
    /** The outcome. Rejects if the call does not settle within its limit. */
    outcome: Promise<Outcome>;
}

interface Setting {
    hangs: Hangs;
    maker: Maker;
    /** Whether an operation hangs for a plain build. Left out during the call that finds this out. */
    hangsPlainly?: ((operation: Operation) => Promise<boolean>) | undefined;
}

/** The calls of one check, each with a time limit. A call that is known to hang is not made again. */
export class Calls {
    /** The title of the check; undefined during its teardown. */
    check: string | undefined;
    /** The errors that calls have rejected with. */
    readonly rejections: Error[] = [];
    readonly #setting: Setting;
    readonly #pending = new Set<Pending>();

    constructor(setting: Setting) {
        this.#setting = setting;
    }

    /** The calls on an executor that have exceeded their limit. */
    hungOn(executor: object): Operation[] {
        return [...this.#pending]
            .filter(pending => pending.executor === executor && pending.isHung)
            .map(({ operation }) => operation);
    }

    /** The outcome of a call. Rejects with a finding if the call hangs or is known to hang. */
    async make(operation: Operation, executor: object, limit: number, work: () => unknown): Promise<Outcome> {
        const { hangs, maker } = this.#setting;

        hangs.throwIfKnown(maker, operation, this.check);
        const before = [...this.#pending].filter(pending => pending.executor === executor);
        const call = outcomeOf(work);
        const pending: Pending = { operation, executor, isHung: false, outcome: call };

        pending.outcome = this.#inTime(pending, limit, call, before);
        this.#pending.add(pending);
        void call.then(outcome => {
            this.#pending.delete(pending);
            if (!outcome.resolved && isError(outcome.error)) this.rejections.push(outcome.error);
        });

        return pending.outcome;
    }

    async #inTime(pending: Pending, limit: number, call: Promise<Outcome>, before: Pending[]): Promise<Outcome> {
        const { hangs, maker, hangsPlainly } = this.#setting;
        const { operation } = pending;
        const outcome = await within(limit, call);

        if (outcome) return outcome;
        pending.isHung = true;
        // Calls in turn wait for each other: if an earlier call hangs, this one hangs because of it.
        for (const earlier of before) if (this.#pending.has(earlier)) await earlier.outcome;
        throw hangsPlainly
            ? await hangs.judge(maker, operation, limit, this.check, () => hangsPlainly(operation))
            : new Finding(`${operation} did not settle within ${limit} ms`, { isHang: true });
    }

    /** What a function among the options of the kit returns. If it fails, the rule was not checked. */
    async ask(option: string, must: string, limit: number, work: () => unknown): Promise<unknown> {
        const { hangs } = this.#setting;

        if (hangs.isKnown('factory', option)) {
            throw new Finding(`Not tried: the option ${option} of the kit did not settle earlier`, {
                isKnown: true,
                isHang: true
            });
        }
        const outcome = await within(limit, outcomeOf(work));

        if (!outcome) {
            hangs.add('factory', option, limit);
            throw misuse(option, `${option} did not settle within ${limit} ms`, must);
        }
        if (outcome.resolved) return outcome.value;
        if (isError(outcome.error)) this.rejections.push(outcome.error);
        throw misuse(option, `${option} ${words(outcome)}`, must);
    }
}
