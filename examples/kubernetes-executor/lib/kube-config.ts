import { KubeConfig } from '@kubernetes/client-node';
import { unusable } from './errors';

/** The address that the client uses if it finds no cluster. */
const NONE = 'http://localhost:8080';

/** The cluster of the file, or of the usual places. */
export function kubeConfigFrom(file?: string) {
    const kubeConfig = new KubeConfig();

    try {
        if (file) kubeConfig.loadFromFile(file);
        else kubeConfig.loadFromDefault();
    } catch (error: any) {
        throw unusable(`cannot be read: ${whyOf(error)}`);
    }
    const { server, skipTLSVerify } = kubeConfig.getCurrentCluster() ?? {};

    if (!server) throw unusable('has no current context with a cluster');
    if (server === NONE && !file) throw unusable('is not there, and no cluster is around the executor');
    // The token must not be sent unencrypted either.
    if (!(skipTLSVerify ? /^https?:/ : /^https:/).test(server)) throw unusable('has a cluster without https');

    return kubeConfig;
}

/** Only a part of the error: a parser quotes the line that it does not understand, which may contain a token. */
function whyOf({ code, reason, name, message }: any) {
    if (name === 'TypeError') return 'it is empty or not a kubeconfig';

    // The client names a missing member by its path: clusters[0].cluster.server.
    return code ?? reason ?? (name === 'Error' ? message : name);
}
