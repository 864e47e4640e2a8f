'use strict';

const { CoreV1Api, ServerConfiguration, createConfiguration } = require('@kubernetes/client-node');

/**
 * As `makeApiClient` of the config makes it, but with an end to each request: by itself it waits for ever.
 *
 * @param {import('@kubernetes/client-node').KubeConfig} kubeConfig
 * @param {number} milliseconds
 */
function clientOf(kubeConfig, milliseconds) {
    return new CoreV1Api(
        createConfiguration({
            baseServer: new ServerConfiguration(kubeConfig.getCurrentCluster()?.server ?? '', {}),
            authMethods: { default: kubeConfig },
            promiseMiddleware: [
                {
                    pre: async request => {
                        request.setSignal(AbortSignal.timeout(milliseconds));

                        return request;
                    },
                    post: async response => response
                }
            ]
        })
    );
}

module.exports = { clientOf };
