import type { Connection } from './connection.ts';
import { StatusError } from './failure.ts';
import { retry, waitFor, type Patience } from './patience.ts';
import { slim } from './slim.ts';
import { ClusterError, type ObjectRef } from '../cluster.ts';
import { field, listField, textField, type KubernetesObject } from '../../core/objects/object.ts';

/** How many objects a page holds: reading one must not block the extension host. */
const pageSize = 250;

/** The API groups of a cluster and the version that it prefers of each. */
export class Resources {
  readonly #connection: Connection;
  readonly #patience: Patience;
  readonly #lifetime: AbortSignal;
  #groups: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(connection: Connection, { patience, lifetime }: Terms) {
    this.#connection = connection;
    this.#patience = patience;
    this.#lifetime = lifetime;
  }

  /** All objects of a resource (`pods`, `ippools.crd.projectcalico.org`), of all namespaces. */
  async list(
    resource: string,
    selector: Selector,
    signal: AbortSignal,
  ): Promise<readonly KubernetesObject[]> {
    return (await this.listAt(resource, selector, signal)).objects;
  }

  /** The same, with the version from which a watch goes on. */
  async listAt(resource: string, selector: Selector, signal: AbortSignal): Promise<Listed> {
    const path = await this.path(resource, selector.namespace, signal);
    try {
      return await this.#readPages(resource, path, selector, signal);
    } catch (error) {
      if (!(error instanceof StatusError && error.code === 410)) throw error;
      // The list grew too old between two pages: once more, from its beginning.
      return this.#readPages(resource, path, selector, signal);
    }
  }

  /** Whether the cluster has an API group. */
  async hasGroup(group: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#groupVersions(signal)).has(group);
  }

  /** Where a resource is. @throws ClusterError `not-recorded` */
  async path(resource: string, namespace: string | undefined, signal: AbortSignal): Promise<string> {
    const [plural = '', ...rest] = resource.split('.');
    const group = rest.join('.');
    const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
    if (plural === 'secrets') throw new ClusterError('forbidden', 'Secrets are never read.');
    if (group === '') return `/api/v1${within}/${encodeURIComponent(plural)}`;
    const version = (await this.#groupVersions(signal)).get(group);
    if (version === undefined) throw noSuch(resource);
    return `/apis/${group}/${version}${within}/${encodeURIComponent(plural)}`;
  }

  /** Asked once: a group that comes later is seen after a reconnect. */
  #groupVersions(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    if (this.#groups === undefined) {
      this.#groups = this.#readGroups();
      this.#groups.catch(() => {
        this.#groups = undefined;
      });
    }
    return waitFor(this.#groups, signal);
  }

  async #readGroups(): Promise<ReadonlyMap<string, string>> {
    const list = await this.#get('/apis', this.#lifetime);
    return new Map(
      listField(list, 'groups').map((group) => [
        textField(group, 'name') ?? '',
        textField(group, 'preferredVersion', 'version') ?? 'v1',
      ]),
    );
  }

  async #readPages(resource: string, path: string, selector: Selector, signal: AbortSignal): Promise<Listed> {
    const objects: KubernetesObject[] = [];
    const query = new URLSearchParams({ limit: String(pageSize) });
    if (selector.label !== undefined) query.set('labelSelector', selector.label);
    for (;;) {
      const page = await this.#getPage(resource, `${path}?${query.toString()}`, signal);
      const apiVersion = textField(page, 'apiVersion') ?? '';
      const kind = (textField(page, 'kind') ?? '').replace(/List$/, '');
      for (const item of listField(page, 'items')) {
        // The items of a list do not say what they are.
        if (isObject(item)) objects.push(slim(resource, { apiVersion, kind, ...item }));
      }
      const next = textField(page, 'metadata', 'continue') ?? '';
      if (next === '') return { objects, version: textField(page, 'metadata', 'resourceVersion') ?? '' };
      query.set('continue', next);
    }
  }

  /** One object, whole; `undefined` when it is not there. @throws ClusterError `not-recorded` */
  async get(
    { resource, namespace, name }: ObjectRef,
    signal: AbortSignal,
  ): Promise<KubernetesObject | undefined> {
    const path = await this.path(resource, namespace, signal);
    try {
      const object = await this.#get(`${path}/${encodeURIComponent(name)}`, signal);
      return isObject(object) ? object : undefined;
    } catch (error) {
      if (!(error instanceof StatusError && error.code === 404)) throw error;
      // Only a server that has the resource names the object that it lacks.
      if (textField(error.body, 'details', 'name') === name) return undefined;
      throw noSuch(resource);
    }
  }

  async #getPage(resource: string, path: string, signal: AbortSignal): Promise<unknown> {
    try {
      return await this.#get(path, signal);
    } catch (error) {
      if (error instanceof StatusError && error.code === 404) throw noSuch(resource);
      throw error;
    }
  }

  #get(path: string, signal: AbortSignal): Promise<unknown> {
    return retry(this.#patience, () => this.#connection.getJson(path, signal), signal);
  }
}

export interface Listed {
  readonly objects: readonly KubernetesObject[];
  readonly version: string;
}

export interface Terms {
  readonly patience: Patience;
  /** Ends when the cluster is closed: what several callers wait for must not end with one of them. */
  readonly lifetime: AbortSignal;
}

export interface Selector {
  readonly namespace?: string;
  readonly label?: string | undefined;
}

function noSuch(resource: string): ClusterError {
  return new ClusterError('not-recorded', `The cluster has no resource ${resource}.`);
}

export function isObject(item: unknown): item is KubernetesObject {
  return typeof field(item, 'metadata', 'name') === 'string';
}
