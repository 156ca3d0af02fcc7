import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createServer, type Server } from 'node:net';

/** A program that ends when it is stopped, or when the process that started it is gone. */
export interface Running {
  /** The first line it printed, if it was asked for. */
  readonly firstLine: string;
  stop(): Promise<void>;
}

/**
 * These programs are of Go. With more room they look less often for memory to give back; with one processor each they do
 * not wake another for every small message, which costs more than the message: there are several of them.
 */
const environment = { ...process.env, GOGC: '400', GOMAXPROCS: '1' };

/** Ends the program when its own standard input ends, as it does however its parent dies. */
const tie =
  '"$@" </dev/null & child=$!; read -r line; kill -9 "$child" 2>/dev/null; wait "$child" 2>/dev/null';

/** Starts a program that would outlive us; its words go to a file. */
export async function startTied(
  program: string,
  args: readonly string[],
  { log }: { readonly log: string },
): Promise<Running> {
  const child = spawn('sh', ['-c', tie, 'sh', program, ...args], {
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return started(child, log, '');
}

/** Starts a program that itself ends with its standard input, and waits for its first line. */
export async function startTalking(
  program: string,
  args: readonly string[],
  options: { readonly log: string },
): Promise<Running> {
  const child = spawn(program, args, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  const firstLine = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8').split('\n', 1)[0] ?? ''));
    child.once('exit', (code) =>
      reject(new Error(`${program} ended with status ${code}; see ${options.log}.`)),
    );
  });
  return started(child, options.log, firstLine);
}

function started(child: ChildProcess, log: string, firstLine: string): Running {
  const file = createWriteStream(log);
  child.stdout?.pipe(file, { end: false });
  child.stderr?.pipe(file, { end: false });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const stop = async () => {
    child.stdin?.end();
    await ended;
    file.end();
  };
  return { firstLine, stop };
}

/**
 * Ports of the loopback that are free at the moment: below those that the kernel hands out by itself, and of this
 * process alone, so that tests that run at the same time take no port from each other.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  const first = 12_000 + (process.pid % 1000) * portsOfProcess;
  for (; ports.length < count; tried++) {
    const port = first + (tried % portsOfProcess);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

const portsOfProcess = 20;
let tried = 0;

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Lets a server listen where only this machine is; answers its port. */
export function listenOnLoopback(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
