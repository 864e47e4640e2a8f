/** Deliberately broken bases by name. */
declare const brokenBases: Record<
    string,
    {
        make(Base: any, load: (name: string) => any): any;
        /** What must notice it: the name of a scenario, of what is relied on, or of a method that is fuzzed. */
        caughtBy: string;
    }
>;

export = brokenBases;
