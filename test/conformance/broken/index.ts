import { annotations } from './annotations';
import { failure } from './failure';
import { idempotency } from './idempotency';
import { isolation } from './isolation';
import { lifecycle } from './lifecycle';
import { results } from './results';
import { secrets } from './secrets';
import { shutdown } from './shutdown';
import { stats } from './stats';
import { support } from './support';
import { validation } from './validation';

/** For each check at least one executor that breaks only its rule. */
export const BROKEN = [
    ...lifecycle,
    ...support,
    ...idempotency,
    ...isolation,
    ...validation,
    ...results,
    ...failure,
    ...secrets,
    ...annotations,
    ...stats,
    ...shutdown
];
