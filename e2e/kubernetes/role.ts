import fs = require('node:fs');
import path = require('node:path');
import {
    RbacAuthorizationV1Api,
    type V1Role
} from '../../examples/kubernetes-executor/node_modules/@kubernetes/client-node';
import { ACCOUNT as NAME, core, kubeConfig, namespace } from './cluster';
import { documented } from './documented';

const named = { namespace, name: NAME };
const metadata = { name: NAME };

/**
 * A kubeconfig in the folder, for an account with exactly the rights that the executor needs according to
 * docs/engines.md.
 */
export async function heldToRole(folder: string) {
    const rbac = kubeConfig.makeApiClient(RbacAuthorizationV1Api);
    const { rules } = documented<V1Role>('kind: Role');
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: NAME };
    const subjects = [{ kind: 'ServiceAccount', name: NAME, namespace }];

    await core.createNamespacedServiceAccount({ namespace, body: { metadata } });
    await rbac.createNamespacedRole({ namespace, body: { metadata, rules: rules ?? [] } });
    await rbac.createNamespacedRoleBinding({ namespace, body: { metadata, roleRef, subjects } });
    const { status } = await core.createNamespacedServiceAccountToken({
        ...named,
        body: { spec: { audiences: [], expirationSeconds: 7200 } }
    });
    const kubeconfig = path.join(folder, 'role.json');
    const { server, skipTLSVerify, caData, caFile } = kubeConfig.getCurrentCluster() ?? {};
    const authority = { 'certificate-authority-data': caData, 'certificate-authority': caFile };
    const cluster = { server, ...(skipTLSVerify ? { 'insecure-skip-tls-verify': true } : authority) };

    fs.writeFileSync(
        kubeconfig,
        JSON.stringify({
            clusters: [{ name: 'c', cluster }],
            users: [{ name: 'u', user: { token: status?.token } }],
            contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
            'current-context': 'x'
        })
    );

    return {
        kubeconfig,
        async remove() {
            await rbac.deleteNamespacedRoleBinding(named);
            await rbac.deleteNamespacedRole(named);
            await core.deleteNamespacedServiceAccount(named);
        }
    };
}
