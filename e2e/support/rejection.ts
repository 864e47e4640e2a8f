export { rejection } from '../../test/support/executors';
