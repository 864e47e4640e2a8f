import { KubeConfig } from '@kubernetes/client-node';
import { unusable } from './errors';

/** What the client takes where it finds no cluster. */
const NONE = 'http://localhost:8080';

/** The cluster that a file names, or the usual places do. */
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
    // Neither is the token to be sent in the clear.
    if (!(skipTLSVerify ? /^https?:/ : /^https:/).test(server)) throw unusable('has a cluster without https');

    return kubeConfig;
}

/** Not the whole of the error: a parser quotes the line that it does not understand, and that may hold a token. */
function whyOf({ code, reason, name, message }: any) {
    if (name === 'TypeError') return 'it is empty or not a kubeconfig';

    // What the client itself misses is told by its path: clusters[0].cluster.server.
    return code ?? reason ?? (name === 'Error' ? message : name);
}
