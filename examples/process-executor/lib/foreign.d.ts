// The package ships no types. This is what is used of it.
declare module 'screwdriver-request' {
    import type { Got } from 'got';

    const request: Got;

    export = request;
}
