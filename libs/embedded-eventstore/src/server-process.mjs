/**
 * A process that serves a store until it is told to stop or is killed, for tests.
 * Its argument is the options; it says where it listens, or why not, in one line of JSON.
 */
import { startEmbeddedEventStore } from '../../../dist/embedded-eventstore/index.js';

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
try {
  const server = await startEmbeddedEventStore(JSON.parse(process.argv[2]));
  process.once('SIGTERM', () => void server.stop());
  say({ endpoint: server.endpoint });
} catch (error) {
  say({ name: error.name, code: error.code, pid: error.pid, message: error.message });
}
