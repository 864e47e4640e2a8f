import { Finding } from './finding';
import type { ConformanceOptions } from './options';

/** One that was seen to hang in two calls, one of them for a plain build. */
interface Hang {
    limit: number;
    /** The check that tells of it at length. */
    reportedBy?: string;
}

const byOptions = new WeakMap<object, Hangs>();

/** What never settles, for all checks that share their options: each hang is waited for once. */
export class Hangs {
    readonly #found = new Map<string, Hang>();
    /** For each name, whether a plain call hangs, too. */
    readonly #plain = new Map<string, Promise<boolean>>();

    static of(options: ConformanceOptions): Hangs {
        const hangs = byOptions.get(options) ?? new Hangs();

        byOptions.set(options, hangs);

        return hangs;
    }

    /** What hangs on an engine that is well hangs on one that is down as well. */
    #find(on: string, name: string): Hang | undefined {
        return this.#found.get(`factory ${name}`) ?? this.#found.get(`${on} ${name}`);
    }

    isKnown(on: string, name: string): boolean {
        return this.#find(on, name) !== undefined;
    }

    /** For a check that needs what is known to hang: at length the first time, then in one line. */
    throwIfKnown(on: string, name: string, check: string | undefined): void {
        const hang = this.#find(on, name);

        if (hang) throw this.#told(hang, name, check);
    }

    /**
     * What a check is told whose call has hung. A plain call, which is made once, shows whether it always does.
     *
     * @param check none while a check is taken down: nobody hears of it then
     */
    async judge(
        on: string,
        name: string,
        limit: number,
        check: string | undefined,
        hangsPlainly: () => Promise<boolean>
    ): Promise<Finding> {
        const key = `${on} ${name}`;

        if (!this.#plain.has(key)) this.#plain.set(key, hangsPlainly());
        if (await this.#plain.get(key)) this.add(on, name, limit);
        const hang = this.#find(on, name);

        return hang
            ? this.#told(hang, name, check)
            : new Finding(`${name} has not settled within ${limit} ms`, { isHang: true });
    }

    add(on: string, name: string, limit: number): void {
        if (!this.#find(on, name)) this.#found.set(`${on} ${name}`, { limit });
    }

    #told(hang: Hang, name: string, check: string | undefined): Finding {
        if (hang.reportedBy !== undefined && hang.reportedBy !== check) {
            return new Finding(`Not tried: ${name} never settles, see "${hang.reportedBy}"`, {
                isHang: true,
                isKnown: true
            });
        }
        if (check !== undefined) hang.reportedBy = check;
        const option = name === 'start' ? 'startTimeout' : 'callTimeout';

        return new Finding(
            `${name} never settles: two calls, one for a plain build, have waited ${hang.limit} ms each`,
            {
                title: `${name} settles`,
                why: 'its caller waits for ever, and so does the build; other checks that need it are not tried',
                fix: `give each wait in _${name} a limit below ${option} (${hang.limit} ms), or raise that where the engine needs longer`,
                isHang: true
            }
        );
    }
}
