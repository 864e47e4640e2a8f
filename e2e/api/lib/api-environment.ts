import fs = require('node:fs');
import path = require('node:path');
import { MODULES } from './installation';

export interface Plugin {
    /** The executor is `screwdriver-executor-<name>`, which is already installed. */
    name: string;
    /** What its constructor gets in addition to the API's `ecosystem`. */
    options?: object;
}

const NOWHERE = 'http://127.0.0.1:1';

/** The API's own address, and the addresses of its ecosystem, where nothing listens. */
export function addresses(port: number, uri: string) {
    return {
        HOST: '127.0.0.1',
        PORT: String(port),
        URI: uri,
        ECOSYSTEM_UI: NOWHERE,
        ECOSYSTEM_STORE: NOWHERE,
        ECOSYSTEM_QUEUE: NOWHERE,
        // Never called: nothing here has its own user.
        SCM_SETTINGS: JSON.stringify({
            github: {
                plugin: 'github',
                config: {
                    oauthClientId: 'none',
                    oauthClientSecret: 'none',
                    secret: 'none',
                    gheHost: '127.0.0.1',
                    gheProtocol: 'http'
                }
            }
        })
    };
}

export function secrets(privateKey: string, publicKey: string) {
    return {
        SECRET_JWT_PRIVATE_KEY: privateKey,
        SECRET_JWT_PUBLIC_KEY: publicKey,
        SECRET_JWT_QUEUE_SVC_PUBLIC_KEY: publicKey
    };
}

export function datastore(file: string) {
    return {
        DATASTORE_PLUGIN: 'sequelize',
        DATASTORE_SEQUELIZE_DIALECT: 'sqlite',
        DATASTORE_SEQUELIZE_STORAGE: file,
        // Only once: with SQLite, a second time fails if there are events.
        DATASTORE_DDL_SYNC_ENABLED: String(!fs.existsSync(file))
    };
}

export function executor({ name, options = {} }: Plugin) {
    return {
        EXECUTOR_PLUGIN: name,
        NODE_CONFIG_DIR: path.join(MODULES, 'screwdriver-api/config'),
        NODE_CONFIG: JSON.stringify({
            executor: { [name]: { options } },
            // No checkout and no artifacts: a build has only the steps of its job.
            bookends: { default: { setup: [], teardown: [] } }
        })
    };
}
