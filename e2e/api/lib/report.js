'use strict';

/** Runs checks one after another, prints each as it ends, and counts. */
class Report {
    passed = 0;
    failed = 0;

    /** A group of checks. What fails outside of its checks counts as one failure and ends the group. */
    async section(title, work) {
        console.log(`\n${title}`);
        try {
            await work();
        } catch (error) {
            this.#fail('(the rest of this part)', error);
        }
    }

    async check(title, work) {
        const begin = performance.now();

        try {
            await work();
            this.passed += 1;
            console.log(`  ✓ ${title} (${Math.round(performance.now() - begin)} ms)`);
        } catch (error) {
            this.#fail(title, error);
        }
    }

    #fail(title, error) {
        this.failed += 1;
        console.log(`  ✗ ${title}\n${error.stack.replace(/^/gm, '      ')}`);
    }

    print() {
        console.log(`${this.passed} passed, ${this.failed} failed`);
    }
}

module.exports = { Report };
