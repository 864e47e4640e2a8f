'use strict';

/** Bases that change the error with which an operation rejects. */
module.exports = {
    'the message of a missing hook is changed': {
        caughtBy: 'base: answers for hooks that nobody wrote',
        make: Base => {
            class Broken extends Base {}
            Broken.prototype._status = async () => {
                throw new Error('_status is not implemented');
            };

            return Broken;
        }
    },
    'validation errors are wrapped': {
        caughtBy: 'base: answers a config that does not fit',
        make: Base => rejecting(Base, error => (error.isJoi ? new Error(error.message, { cause: error }) : error))
    },
    'validation errors are longer': {
        caughtBy: 'start',
        make: Base =>
            rejecting(Base, error => {
                if (error.isJoi) error.message = `Invalid config: ${error.message}`;

                return error;
            })
    },
    'errors of hooks are wrapped': {
        caughtBy: 'a hook that throws',
        make: Base => rejecting(Base, error => (error.isJoi ? error : new Error(error.message)))
    },
    'errors lose their statusCode': {
        caughtBy: 'base: passes on whatever a hook gives',
        make: Base =>
            rejecting(Base, error => {
                if (error) delete error.statusCode;

                return error;
            })
    },
    'a hook that throws throws at the caller': {
        caughtBy: 'startTimer',
        make: Base =>
            class extends Base {
                startTimer(config) {
                    return this._startTimer(config, {});
                }
            }
    }
};

function rejecting(Base, change) {
    return class extends Base {
        async start(...args) {
            try {
                return await super.start(...args);
            } catch (error) {
                throw change(error);
            }
        }
    };
}
