/** One folder of the user for what is fetched once: tools, keyed by name and version, shared by all clones. */
import { mkdirSync, existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'calico-ebpf');

/**
 * The cached folder `name`, made by `make(folder)` when it is missing. It appears complete or not at all;
 * a second process that wants the same folder waits for the first.
 */
export async function cached(name, say, make) {
  const target = join(cacheFolder, name);
  const isComplete = () => existsSync(join(target, '.complete'));
  if (isComplete()) return target;

  return withLock(`${target}.lock`, say, async () => {
    if (isComplete()) return target;
    const draft = `${target}.draft`;
    rmSync(draft, { recursive: true, force: true });
    rmSync(target, { recursive: true, force: true });
    mkdirSync(draft, { recursive: true });
    await make(draft);
    writeFileSync(join(draft, '.complete'), '');
    renameSync(draft, target);
    return target;
  });
}

/** Runs `work` while this process alone holds the folder `lock`; a lock whose process has died is taken over. */
export async function withLock(lock, say, work) {
  mkdirSync(join(lock, '..'), { recursive: true });
  for (let told = false; !takeLock(lock); told = true) {
    if (!told) say(`Waiting for another process that holds ${lock} …`);
    await delay(250);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function takeLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const holder = readHolder(lock);
    if (holder !== undefined && !isAlive(holder)) removeLockOf(holder, lock);
    return false; // The next round takes it, unless somebody else is quicker.
  }
}

/** Who holds the lock; `undefined` while it is being written, or when it has just gone. */
function readHolder(lock) {
  try {
    return Number(readFileSync(lock, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Removes the lock of a dead process, but never one that another waiter has taken meanwhile. */
function removeLockOf(holder, lock) {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside); // Of several waiters one succeeds.
    if (readHolder(aside) !== holder) linkSync(aside, lock);
  } catch {
    return;
  } finally {
    rmSync(aside, { force: true });
  }
}
