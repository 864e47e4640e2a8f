/** Whether it is an http or https URI without credentials, to which a path can be appended. */
export function isPlainUri(value: unknown): boolean {
    if (typeof value !== 'string' || !URL.canParse(value)) return false;
    const { protocol, username, password } = new URL(value);

    // Refuses even a bare "?" or "#", since the path of the request is appended to the URI.
    return /^https?:$/.test(protocol) && username + password === '' && !/[?#]/.test(value);
}
