/** `bpftool cgroup show` and `tree`: `<id> <attach type> <flags> <name>` a line (bpftool’s cgroup.c). */

/** The names of Calico’s programs that act when a process connects or sends: `calico_connect_v4`, `cali_ctlb_v4`. */
export function calicoPrograms(text: string): readonly string[] {
  return [...text.matchAll(/^\s*\d+\s+\S*(?:connect|sendmsg|recvmsg)\S*\s.*\b(cali\w+)\s*$/gm)].map(
    ([, name = '']) => name,
  );
}
