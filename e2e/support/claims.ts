/** What the token of a build says: the launch script prints its middle part, which nobody can use. */
export function claimsIn(output: string): { scope: string[]; username: number | string } {
    const claims = /^claims (\S+)$/m.exec(output)?.[1] ?? '';

    return JSON.parse(Buffer.from(claims, 'base64url').toString());
}
