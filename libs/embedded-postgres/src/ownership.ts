import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, rename, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { errnoOf, PostgresInUseError } from './errors';

/** The right to a data folder, for as long as this process lives. */
export interface Ownership {
  release(): Promise<void>;
}

/** `unclear`: it went away while it was asked, or is about to. */
type Claim = 'owner' | 'contender' | 'unclear';

const claimName = /^owner-(\d+)-[0-9a-f]{8}\.sock$/;
const answerTimeoutMs = 1_000;
const contenderPollMs = 20;

/**
 * Claims a data folder, or throws {@link PostgresInUseError}.
 *
 * A claim is a listening socket in the folder. The kernel refuses connections to it from the moment its process is gone,
 * however it went; a process id written into a file could live again as another program. Everybody shows a claim before
 * looking for others', so that of two at least one sees the other; names are never used twice, so that a dead claim can be
 * removed without a race.
 *
 * @param folder the data folder, under a name short enough for sockets
 * @param directory the data folder, under the name that people know
 */
export async function claimOwnership(folder: string, directory: string): Promise<Ownership> {
  const name = `owner-${String(process.pid)}-${randomBytes(4).toString('hex')}.sock`;
  const claim = await showClaim(folder, name);
  try {
    for (;;) {
      const rivals = await rivalsOf(folder, name);
      const winner = rivals.find(
        (rival) => rival.claim === 'owner' || (rival.claim === 'contender' && rival.name < name),
      );
      if (winner != null) throw new PostgresInUseError(directory, Number(claimName.exec(winner.name)?.[1]));
      if (rivals.length === 0) break;
      // Those left looked before they could see us, or came after us: they turn out to be the owner, or give way.
      await delay(contenderPollMs);
    }
  } catch (error) {
    await claim.release();
    throw error;
  }
  claim.becomeOwner();
  return { release: () => claim.release() };
}

async function showClaim(folder: string, name: string): Promise<Ownership & { becomeOwner(): void }> {
  let claim: Claim = 'contender';
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    // Not to be held up by a rival that never hangs up.
    socket.end(claim, () => socket.destroy());
  });
  const file = path.join(folder, name);
  const unseen = `${file}.new`;
  // Readable by all: the folder keeps others out, and the next owner may be another user.
  server.listen({ path: unseen, readableAll: true, writableAll: true });
  await once(server, 'listening');
  // A socket refuses between its making and its listening, and would be taken for dead: it is shown only now.
  await rename(unseen, file);
  server.unref();
  return {
    becomeOwner: () => {
      claim = 'owner';
    },
    release: async () => {
      await rm(file, { force: true });
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function rivalsOf(folder: string, ownName: string): Promise<{ name: string; claim: Claim }[]> {
  const names = (await readdir(folder)).filter((name) => claimName.test(name) && name !== ownName);
  const found = await Promise.all(
    names.map(async (name) => {
      const claim = await ask(path.join(folder, name));
      if (claim == null) await rm(path.join(folder, name), { force: true });
      return claim == null ? [] : [{ name, claim }];
    }),
  );
  return found.flat();
}

/** What a claim's process says; nothing if it is dead. A process too busy to answer lives, and is taken for the owner. */
function ask(file: string): Promise<Claim | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(file);
    const done = (claim: Claim | undefined) => {
      socket.destroy();
      resolve(claim);
    };
    socket.setTimeout(answerTimeoutMs, () => {
      done('owner');
    });
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.on('end', () => {
      done(answer === 'owner' || answer === 'contender' ? answer : 'unclear');
    });
    socket.on('error', (error) => {
      const isDead = ['ECONNREFUSED', 'ENOENT'].includes(errnoOf(error) ?? '');
      done(isDead ? undefined : errnoOf(error) === 'ECONNRESET' ? 'unclear' : 'owner');
    });
  });
}
