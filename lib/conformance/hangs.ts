import { Finding } from './finding';
import type { ConformanceOptions } from './options';

/** A call that hung twice, once for a plain build. */
interface Hang {
    limit: number;
    /** The check that reports it in full. */
    reportedBy?: string;
}

const byOptions = new WeakMap<object, Hangs>();

/** The calls that never settle, for all checks that share their options: each hang is waited for once. */
export class Hangs {
    readonly #found = new Map<string, Hang>();
    /** For each name, whether a plain call hangs as well. */
    readonly #plain = new Map<string, Promise<boolean>>();

    static of(options: ConformanceOptions): Hangs {
        const hangs = byOptions.get(options) ?? new Hangs();

        byOptions.set(options, hangs);

        return hangs;
    }

    /** A call that hangs on a healthy engine also hangs on one that is down. */
    #find(on: string, name: string): Hang | undefined {
        return this.#found.get(`factory ${name}`) ?? this.#found.get(`${on} ${name}`);
    }

    isKnown(on: string, name: string): boolean {
        return this.#find(on, name) !== undefined;
    }

    /** Throws if a check needs a call that is known to hang: in full the first time, then in one line. */
    throwIfKnown(on: string, name: string, check: string | undefined): void {
        const hang = this.#find(on, name);

        if (hang) throw this.#findingFor(hang, name, check);
    }

    /**
     * The finding for a call that has hung. One plain call shows whether the call always hangs.
     *
     * @param check undefined during the teardown of a check, whose findings nobody sees
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
            ? this.#findingFor(hang, name, check)
            : new Finding(`${name} did not settle within ${limit} ms`, { isHang: true });
    }

    add(on: string, name: string, limit: number): void {
        if (!this.#find(on, name)) this.#found.set(`${on} ${name}`, { limit });
    }

    #findingFor(hang: Hang, name: string, check: string | undefined): Finding {
        if (hang.reportedBy !== undefined && hang.reportedBy !== check) {
            return new Finding(`Not tried: ${name} never settles, see "${hang.reportedBy}"`, {
                isHang: true,
                isKnown: true
            });
        }
        if (check !== undefined) hang.reportedBy = check;
        const option = name === 'start' ? 'startTimeout' : 'callTimeout';

        return new Finding(
            `${name} never settles: two calls, one of them for a plain build, waited ${hang.limit} ms each`,
            {
                title: `${name} settles`,
                why: 'its caller waits forever, and so does the build; other checks that need it are skipped',
                fix: `give each wait in _${name} a limit below ${option} (${hang.limit} ms), or raise ${option} if the engine needs longer`,
                isHang: true
            }
        );
    }
}
