import { kindOf } from 'screwdriver-executor-base';

/** The reasons with which a container waits because of its image. */
const WORDS = [
    'ErrImagePull',
    'ImagePullBackOff',
    'InvalidImageName',
    'ErrImageNeverPull',
    'ImageInspectError',
    'RegistryUnavailable',
    'SignatureValidationFailed'
];
/** The reasons that no further try changes. */
const FINAL = ['InvalidImageName', 'ErrImageNeverPull'];
/** What runtimes say about an image in a format that they no longer accept. */
const OUTDATED = /distribution\.manifest\.v1\+|schema version 1\b|schema 1\b/i;
/** What registries and runtimes say about an image that does not exist, or not for this cluster. */
const REFUSAL =
    /\bnot found\b|does not exist|(manifest|name) unknown|\bunauthorized\b|\bforbidden\b|\bdenied\b|authorization failed|no basic auth credentials|invalid reference|no match(ing manifest| for platform)/i;

/**
 * Why an image cannot be pulled, or was not pulled so far. Timeouts, rate limits and servers that are down may pass,
 * and say nothing against the image. Empty if a container does not wait for its image.
 *
 * @param whose image it is, in words, if not the build's
 * @param isStuck whether the cluster has tried for long enough
 */
export function imageFailureOf(
    image: string,
    whose: string,
    { reason = '', message = '' }: { reason?: string; message?: string },
    isStuck: boolean
) {
    if (!WORDS.includes(reason)) return '';
    // The image's own name may contain any of the words.
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
