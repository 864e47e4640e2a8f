/** Whether it is an http or https URI to which a path can be appended, and that shows no credentials. */
export function isPlainUri(value: unknown): boolean {
    if (typeof value !== 'string' || !URL.canParse(value)) return false;
    const { protocol, username, password } = new URL(value);

    // A bare "?" or "#" counts as well: the path of the request is appended to the URI.
    return /^https?:$/.test(protocol) && username + password === '' && !/[?#]/.test(value);
}
