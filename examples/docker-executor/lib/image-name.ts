/**
 * The grammar of the distribution project: https://pkg.go.dev/github.com/distribution/reference. A first part that is not
 * a host belongs to the path, as in the engine.
 */
const HOST = String.raw`(?:[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*|\[[\da-f:]+\])`;
const DOMAIN = new RegExp(String.raw`^${HOST}(?::\d+)?$`, 'i');
const PATH = /^[a-z\d]+(?:(?:[._]|__|-+)[a-z\d]+)*(?:\/[a-z\d]+(?:(?:[._]|__|-+)[a-z\d]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z][a-z\d]*(?:[+._-][a-z][a-z\d]*)*:[\da-f]{32,}$/i;
/** The maximum length of a name without tag and digest. */
const LONGEST = 255;

/**
 * The image's name, with the tag `latest` if it has neither tag nor digest: otherwise the engine would pull every tag
 * that the registry has. Undefined for an invalid name, which could lead to another URL of the engine.
 */
export function withTag(image: string) {
    const [, rest = '', digest] = /^([^@]*)(?:@(.*))?$/s.exec(image) ?? [];
    const [, name = '', tag] = /^(.*?)(?::([^/:\]]*))?$/s.exec(rest) ?? [];
    const [first = '', ...parts] = name.split('/');
    const hasDomain = parts.length > 0 && (/[.:]/.test(first) || first === 'localhost');
    const path = hasDomain ? parts.join('/') : name;
    const fits =
        name.length <= LONGEST &&
        PATH.test(path) &&
        (!hasDomain || DOMAIN.test(first)) &&
        (tag === undefined || TAG.test(tag)) &&
        (digest === undefined || DIGEST.test(digest));

    if (!fits) return undefined;

    return tag === undefined && digest === undefined ? `${image}:latest` : image;
}
