/** `{ cpu: 2 }` as it stands in a config: `{ 'screwdriver.cd/cpu': 2 }`. */
export function annotations(short: Record<string, unknown>) {
    return Object.fromEntries(Object.entries(short).map(([key, value]) => [`screwdriver.cd/${key}`, value]));
}
