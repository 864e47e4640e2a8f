import fs = require('node:fs');
import path = require('node:path');
import { MODULES } from './installation';

export interface Plugin {
    /** The executor is `screwdriver-executor-<name>`, installed already. */
    name: string;
    /** What its constructor gets, beside the API's `ecosystem`. */
    options?: object;
}

const NOWHERE = 'http://127.0.0.1:1';

/** Where the API listens, and the rest of its ecosystem, which is not there. */
export function addresses(port: number, uri: string) {
    return {
        HOST: '127.0.0.1',
        PORT: String(port),
        URI: uri,
        ECOSYSTEM_UI: NOWHERE,
        ECOSYSTEM_STORE: NOWHERE,
        ECOSYSTEM_QUEUE: NOWHERE,
        // Never asked: nothing here has a user of its own.
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
        // Once: with SQLite a second time fails, as soon as there are events.
        DATASTORE_DDL_SYNC_ENABLED: String(!fs.existsSync(file))
    };
}

export function executor({ name, options = {} }: Plugin) {
    return {
        EXECUTOR_PLUGIN: name,
        NODE_CONFIG_DIR: path.join(MODULES, 'screwdriver-api/config'),
        NODE_CONFIG: JSON.stringify({
            executor: { [name]: { options } },
            // No checkout, no artifacts: a build is its job's own steps.
            bookends: { default: { setup: [], teardown: [] } }
        })
    };
}
