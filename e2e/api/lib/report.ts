/** Runs checks one after another, prints each result as it arrives, and counts. */
export class Report {
    passed = 0;
    failed = 0;

    /** A group of checks. An error outside its checks counts as one failure and ends the group. */
    async section(title: string, work: () => Promise<void>): Promise<void> {
        console.log(`\n${title}`);
        try {
            await work();
        } catch (error) {
            this.#fail('(the rest of this part)', error as Error);
        }
    }

    async check(title: string, work: () => unknown): Promise<void> {
        const begin = performance.now();

        try {
            await work();
            this.passed += 1;
            console.log(`  ✓ ${title} (${Math.round(performance.now() - begin)} ms)`);
        } catch (error) {
            this.#fail(title, error as Error);
        }
    }

    #fail(title: string, error: Error): void {
        this.failed += 1;
        console.log(`  ✗ ${title}\n${error.stack!.replace(/^/gm, '      ')}`);
    }

    print(): void {
        console.log(`${this.passed} passed, ${this.failed} failed`);
    }
}
