import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Certificates {
  readonly authority: KeyPair;
  readonly server: KeyPair;
  readonly kubelet: KeyPair;
  readonly kubeletClient: KeyPair;
  readonly admin: KeyPair;
  /** Signs the tokens of service accounts. */
  readonly tokens: KeyPair;
}

/** Makes what a cluster on the loopback needs, valid for a day. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const authority = await makeCertificate(folder, 'authority', '/CN=test authority', [
    'basicConstraints=critical,CA:TRUE',
  ]);
  const make = (name: string, subject: string, ...extensions: string[]) =>
    makeCertificate(folder, name, subject, extensions, authority);
  const local = 'subjectAltName=IP:127.0.0.1,DNS:localhost';
  const [server, kubelet, kubeletClient, admin, tokens] = await Promise.all([
    make('server', '/CN=kube-apiserver', local),
    make('kubelet', '/CN=kubelet', local),
    make('kubelet-client', '/O=system:masters/CN=kubelet-client', 'extendedKeyUsage=clientAuth'),
    make('admin', '/O=system:masters/CN=admin', 'extendedKeyUsage=clientAuth'),
    make('tokens', '/CN=tokens'),
  ]);
  return { authority, server, kubelet, kubeletClient, admin, tokens };
}

async function makeCertificate(
  folder: string,
  name: string,
  subject: string,
  extensions: readonly string[],
  authority?: KeyPair,
): Promise<KeyPair> {
  const pair = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  const signer = authority === undefined ? [] : ['-CA', authority.certificate, '-CAkey', authority.key];
  await run('openssl', [
    ...'req -x509 -days 1 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256'.split(' '),
    '-subj',
    subject,
    '-keyout',
    pair.key,
    '-out',
    pair.certificate,
    ...extensions.flatMap((extension) => ['-addext', extension]),
    ...signer,
  ]);
  return pair;
}
