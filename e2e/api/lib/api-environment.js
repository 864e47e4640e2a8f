'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { MODULES } = require('./installation');

const NOWHERE = 'http://127.0.0.1:1';

/** Where the API listens, and the rest of its ecosystem, which is not there. */
function addresses(port, uri) {
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

function secrets(privateKey, publicKey) {
    return {
        SECRET_JWT_PRIVATE_KEY: privateKey,
        SECRET_JWT_PUBLIC_KEY: publicKey,
        SECRET_JWT_QUEUE_SVC_PUBLIC_KEY: publicKey
    };
}

function datastore(file) {
    return {
        DATASTORE_PLUGIN: 'sequelize',
        DATASTORE_SEQUELIZE_DIALECT: 'sqlite',
        DATASTORE_SEQUELIZE_STORAGE: file,
        // Once: with SQLite a second time fails, as soon as there are events.
        DATASTORE_DDL_SYNC_ENABLED: String(!fs.existsSync(file))
    };
}

function executor({ name, options = {} }) {
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

module.exports = { addresses, datastore, executor, secrets };
