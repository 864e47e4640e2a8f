/** Lists that a cluster merges by a key of their items. Any other list is replaced. */
const KEYS: Record<string, string> = {
    containers: 'name',
    initContainers: 'name',
    env: 'name',
    volumes: 'name',
    imagePullSecrets: 'name',
    resourceClaims: 'name',
    volumeMounts: 'mountPath',
    volumeDevices: 'devicePath',
    ports: 'containerPort',
    hostAliases: 'ip',
    topologySpreadConstraints: 'topologyKey'
};

/** Objects that have one of several members. The member in a patch replaces the previous one. */
const ALTERNATIVES: Record<string, (member: string) => boolean> = {
    volumes: member => member !== 'name',
    env: member => ['value', 'valueFrom'].includes(member),
    valueFrom: () => true
};

/**
 * Merges a patch into a part of a pod: by RFC 7386, where `null` removes, except for the lists that a cluster merges by
 * a key.
 *
 * @param member the name of the part, or of the list that it is an item of
 */
export function merge(base: unknown, patch: unknown, member = ''): unknown {
    const key = KEYS[member];

    if (key && Array.isArray(patch)) return mergeLists(Array.isArray(base) ? base : [], patch, member, key);
    if (!isObject(patch)) return patch;
    const merged = isObject(base) ? withoutAlternatives(base, patch, member) : {};

    for (const [name, value] of Object.entries(patch)) {
        if (value === null) delete merged[name];
        else if (value !== undefined) merged[name] = merge(merged[name], value, name);
    }

    return merged;
}

function mergeLists(base: unknown[], patch: unknown[], member: string, key: string) {
    const keyOf = (item: unknown) => (isObject(item) ? item[key] : undefined);
    const patchOf = (item: unknown) => patch.find(other => keyOf(other) === keyOf(item));
    const isNew = (item: unknown) => !base.some(other => keyOf(other) === keyOf(item));

    return [
        ...base.map(item => merge(item, patchOf(item) ?? {}, member)),
        ...patch.filter(isNew).map(item => merge({}, item, member))
    ];
}

function withoutAlternatives(base: Record<string, unknown>, patch: Record<string, unknown>, member: string) {
    const isOne = ALTERNATIVES[member] ?? (() => false);
    const isReplaced = Object.keys(patch).some(name => isOne(name) && patch[name] !== null && !(name in base));

    return Object.fromEntries(Object.entries(base).filter(([name]) => !isReplaced || !isOne(name)));
}

export function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
