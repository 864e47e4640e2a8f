// Neither package ships types. This is what is used of them.
declare module 'screwdriver-request' {
    import type { Got } from 'got';

    const request: Got;

    export = request;
}
