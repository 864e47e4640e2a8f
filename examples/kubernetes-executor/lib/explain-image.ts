import { kindOf } from 'screwdriver-executor-base';

/** Why a container waits where its image is the reason. */
const WORDS = [
    'ErrImagePull',
    'ImagePullBackOff',
    'InvalidImageName',
    'ErrImageNeverPull',
    'ImageInspectError',
    'RegistryUnavailable',
    'SignatureValidationFailed'
];
/** Those that no further try changes. */
const FINAL = ['InvalidImageName', 'ErrImageNeverPull'];
/** What runtimes say of an image that is stored as they take none any more. */
const OUTDATED = /distribution\.manifest\.v1\+|schema version 1\b|schema 1\b/i;
/** What registries and runtimes say of an image that is not there, or not for this cluster. */
const REFUSAL =
    /\bnot found\b|does not exist|(manifest|name) unknown|\bunauthorized\b|\bforbidden\b|\bdenied\b|authorization failed|no basic auth credentials|invalid reference|no match(ing manifest| for platform)/i;

/**
 * Why an image cannot be had, or has not been had so far: timeouts, rate limits and servers that are down may pass, and
 * say nothing against the image. Empty where it is not the image that a container waits for.
 *
 * @param whose in words, where it is not one of the build's
 * @param isStuck whether the cluster has tried for long enough
 */
export function imageFailureOf(
    image: string,
    whose: string,
    { reason = '', message = '' }: { reason?: string; message?: string },
    isStuck: boolean
) {
    if (!WORDS.includes(reason)) return '';
    // Its own name may hold any of the words.
    const words = message.replaceAll(image, '');
    const isBusy = ['capacity', 'timeout', 'engine'].includes(kindOf(new Error(words)));

    if (OUTDATED.test(words)) {
        return `The image ${image}${whose} is not available: it is stored in a format that nodes no longer take (manifest schema 1). ${message}`;
    }
    if (FINAL.includes(reason) || (!isBusy && REFUSAL.test(words))) {
        return `The image ${image}${whose} is not available: check its name and tag. ${message}`.trim();
    }

    return isStuck ? `The image ${image}${whose} is not there yet: the cluster tries again. ${message}`.trim() : '';
}
