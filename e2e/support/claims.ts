/** The claims of a build's token: the launch script prints its middle part, which is useless alone. */
export function claimsIn(output: string): { scope: string[]; username: number | string } {
    const claims = /^claims (\S+)$/m.exec(output)?.[1] ?? '';

    return JSON.parse(Buffer.from(claims, 'base64url').toString());
}
