/** The proxy that the environment names for an address, as most programs understand its variables. */
export function findProxy(
  server: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (!URL.canParse(server)) return undefined;
  const { protocol, hostname } = new URL(server);
  const name = protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const proxy = env[name] ?? env[name.toUpperCase()];
  if (proxy === undefined || proxy === '') return undefined;
  const exceptions = (env['no_proxy'] ?? env['NO_PROXY'] ?? '').split(',').map((entry) => entry.trim());
  if (isLoopback(hostname) || exceptions.some((entry) => covers(entry, hostname))) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.') || host === '[::1]';
}

/** `*`, a name, a name with all below it (`.example.org` or `example.org`), or an IPv4 range (`10.0.0.0/8`). */
function covers(entry: string, host: string): boolean {
  if (entry === '') return false;
  if (entry === '*' || entry === host) return true;
  if (entry.includes('/')) return isWithin(entry, host);
  return host.endsWith(entry.startsWith('.') ? entry : `.${entry}`);
}

function isWithin(range: string, host: string): boolean {
  const [base = '', length = ''] = range.split('/');
  const [network, address] = [toNumber(base), toNumber(host)];
  if (network === undefined || address === undefined) return false;
  const size = 2 ** (32 - Number(length));
  return Math.floor(network / size) === Math.floor(address / size);
}

function toNumber(address: string): number | undefined {
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(address)) return undefined;
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
