/** Sends a request to the API. Resolves with the status and the parsed body. */
export async function ask(
    api: { uri: string },
    method: string,
    path: string,
    { token, json }: { token?: string; json?: object } = {}
): Promise<{ status: number; body: any }> {
    const answer = await fetch(`${api.uri}/v4/${path}`, {
        method,
        headers: {
            ...(token && { authorization: `Bearer ${token}` }),
            ...(json && { 'content-type': 'application/json' })
        },
        ...(json && { body: JSON.stringify(json) })
    });
    const text = await answer.text();

    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}
