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
    /** How it ends within its limit: rejects where it does not. */
    outcome: Promise<Outcome>;
}

interface Setting {
    hangs: Hangs;
    maker: Maker;
    /** Whether an operation hangs for a build of which nothing is special. Left out where that is being found out. */
    hangsPlainly?: ((operation: Operation) => Promise<boolean>) | undefined;
}

/** The calls of one check, each in bounded time. What is known to hang is not called again. */
export class Calls {
    /** The title of the check; none while it is taken down. */
    check: string | undefined;
    /** What has been rejected. */
    readonly rejections: Error[] = [];
    readonly #setting: Setting;
    readonly #pending = new Set<Pending>();

    constructor(setting: Setting) {
        this.#setting = setting;
    }

    /** The calls on an executor that go on beyond their limit. */
    hungOn(executor: object): Operation[] {
        return [...this.#pending]
            .filter(pending => pending.executor === executor && pending.isHung)
            .map(({ operation }) => operation);
    }

    /** How a call ends. Rejects with a finding where it does not, or is known not to. */
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
        // Calls in turn wait for each other: where an earlier one hangs, this one does because of it.
        for (const earlier of before) if (this.#pending.has(earlier)) await earlier.outcome;
        throw hangsPlainly
            ? await hangs.judge(maker, operation, limit, this.check, () => hangsPlainly(operation))
            : new Finding(`${operation} has not settled within ${limit} ms`, { isHang: true });
    }

    /** What a function among the options of the kit answers. It may not fail: no rule has been tried then. */
    async ask(option: string, must: string, limit: number, work: () => unknown): Promise<unknown> {
        const { hangs } = this.#setting;

        if (hangs.isKnown('factory', option)) {
            throw new Finding(`Not tried: ${option} in the options of the kit has not settled before`, {
                isKnown: true,
                isHang: true
            });
        }
        const outcome = await within(limit, outcomeOf(work));

        if (!outcome) {
            hangs.add('factory', option, limit);
            throw misuse(option, `${option} has not settled within ${limit} ms`, must);
        }
        if (outcome.resolved) return outcome.value;
        if (isError(outcome.error)) this.rejections.push(outcome.error);
        throw misuse(option, `${option} ${words(outcome)}`, must);
    }
}
