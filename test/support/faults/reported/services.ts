/** Services that people could not reach. */
import { change, type Edits } from '../../edited.ts';
import { backendsOf, dropFrontends, mapLines } from '../edits.ts';
import { all as allOf, each, withoutInterface } from '../../healthy/healthy.ts';
import { all, type Reported } from './reported.ts';

/** Service `web` keeps what comes from outside on the node, and its pods are on node-a and node-b. */
export const keptLocal: Edits = {
  objects: {
    services: change('web', ({ spec }) => {
      spec['externalTrafficPolicy'] = 'Local';
      delete spec['loadBalancerSourceRanges'];
    }),
  },
  probes: {
    '*/nat.dump': (text) =>
      mapLines(/^(?:192\.0\.2\.[12]0 port 80|\S+ port 30082) /, (line) =>
        line.replace(/ src .*$/, '').concat(' flags external-local'),
      )(text.replaceAll(/^192\.0\.2\.[12]0 port 80 .* count -1 .*\n/gm, '')),
  },
};

const localhost = { name: 'KUBERNETES_SERVICE_HOST', value: '127.0.0.1' };

export const serviceFaults: readonly Reported[] = [
  {
    name: 'the node that has the address of a load balancer has no pod of it, and traffic is kept there',
    from: 'projectcalico/calico#9330',
    recording: 'v3.32.1-healthy',
    edits: allOf(keptLocal, {
      probes: {
        'node-c/ip.route': (text) =>
          `${text}local 192.0.2.20 dev eth0 table local proto kernel scope host src 192.0.2.20 \n`,
      },
    }),
    found: ['error service shop/web on node-c'],
  },
  {
    name: 'pods of Calico look for the API server at their own localhost',
    from: 'projectcalico/calico#9141',
    recording: 'v3.30.7-healthy',
    edits: {
      everywhere: (text) => text.replaceAll('prometheus-0', 'calico-kube-controllers-6d5f8c7b9-h2k4m'),
      objects: {
        pods: change('prometheus-0', (pod) => {
          pod.metadata = {
            ...pod.metadata,
            labels: { ...pod.metadata.labels, 'k8s-app': 'calico-kube-controllers' },
          };
          pod.spec = { ...pod.spec, containers: [{ name: 'calico-kube-controllers', env: [localhost] }] };
          pod.status = { ...pod.status, conditions: [{ type: 'Ready', status: 'False' }] };
        }),
      },
    },
    found: ['error pod monitoring/calico-kube-controllers-6d5f8c7b9-h2k4m on node-c'],
  },
  {
    name: 'the service of the API server has no endpoint, and every pod is refused',
    from: 'projectcalico/calico#8151',
    recording: 'v3.32.1-healthy',
    edits: {
      objects: {
        'endpointslices.discovery.k8s.io': change('kubernetes', (slice) => {
          Object.assign(slice, { endpoints: [] });
        }),
      },
      probes: { '*/nat.dump': backendsOf('10.96.0.1', () => []) },
    },
    found: [`error service default/kubernetes on ${all}`],
  },
  {
    name: 'a pod may send with addresses of others by its annotation, which eBPF does not know',
    from: 'projectcalico/calico#11591',
    recording: 'v3.30.7-healthy',
    edits: {
      objects: {
        pods: change('payments-84c5d7f6b9-q3n8w', (pod) => {
          pod.metadata = {
            ...pod.metadata,
            annotations: { 'cni.projectcalico.org/allowedSourcePrefixes': '["192.0.2.0/24"]' },
          };
        }),
      },
    },
    found: ['warning pod shop/payments-84c5d7f6b9-q3n8w on node-b'],
  },
  {
    name: 'all processes of hosts ask the cluster’s DNS in vain, since datagrams are balanced by nobody',
    from: 'metal-stack/gardener-extension-provider-metal#506',
    recording: 'v3.30.7-healthy',
    edits: allOf(withoutInterface('bpfin.cali'), withoutInterface('bpfout.cali'), {
      objects: {
        'felixconfigurations.crd.projectcalico.org': each((config) => {
          config.spec = {
            ...config.spec,
            bpfConnectTimeLoadBalancing: 'TCP',
            bpfHostNetworkedNATWithoutCTLB: 'Disabled',
          };
        }),
      },
      probes: {
        '*/felix.log': (text) =>
          text.replaceAll(
            '"BPFLogLevel":"Debug"',
            '"BPFLogLevel":"Debug", "BPFConnectTimeLoadBalancing":"TCP", "BPFHostNetworkedNATWithoutCTLB":"Disabled"',
          ),
      },
    }),
    found: ['warning key bpfConnectTimeLoadBalancing on '],
  },
  {
    name: 'a service lets in everybody by its ranges, and the programs let in nobody',
    from: 'projectcalico/calico#11020',
    recording: 'v3.30.7-healthy',
    edits: {
      objects: {
        services: change('web', (web) => {
          web.spec = { ...web.spec, loadBalancerSourceRanges: ['0.0.0.0/0'] };
        }),
      },
      probes: {
        '*/nat.dump': dropFrontends(/^192\.0\.2\.[12]0 port 80 .* count [12] /),
      },
    },
    found: [`error service shop/web on ${all}`],
  },
  {
    name: 'answers of pods at ports of their hosts bypass the kernel, which alone knows the port',
    from: 'projectcalico/calico#6522',
    recording: 'v3.30.7-healthy',
    in: 'v3.24 prints it',
    edits: {
      objects: {
        pods: change('frontend-7d9c6b8f5-x2k4q', (pod) => {
          pod.spec = {
            ...pod.spec,
            containers: [
              { name: 'frontend', ports: [{ containerPort: 8080, hostPort: 3001, protocol: 'TCP' }] },
            ],
          };
        }),
      },
    },
    found: ['warning key bpfHostConntrackBypass on node-a'],
  },
  {
    name: 'the programs know IPv6 pods, and the kernel has no route to any of them',
    from: 'projectcalico/calico#10834',
    recording: 'v3.32.1-dual-stack',
    edits: {
      probes: {
        'node-a/ip.route': (text) =>
          text.replaceAll(/^fd00:244:0:6d15:74ba:80e:4835:808\d dev cali.*\n/gm, ''),
        'node-a/ip.route.v6': (text) =>
          text.replaceAll(/^fd00:244:0:6d15:74ba:80e:4835:808\d dev cali.*\n/gm, ''),
      },
    },
    found: [
      'error pod shop/edge-6c5d8b7f94-v6aa1 on node-a',
      'error pod shop/edgeclient-79d8c5b6f7-v6cc3 on node-a',
    ],
  },
];
