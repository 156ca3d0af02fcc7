/** Kernels that Calico's eBPF dataplane runs on (felix/bpf/bpf.go, `MinKernelVersion` and its variants). */

export const minimumKernel = 'Linux 5.3, or 4.18.0-193 in the RHEL family';

/** Whether Felix refuses eBPF on a kernel. What cannot be read is not judged. */
export function isTooOld(kernel: string, osImage: string): boolean {
  const version = numbersOf(kernel);
  if (version.length < 2) return false;
  const isRedHat = /\.el\d/.test(kernel) || /red hat|centos|rocky|alma|oracle/i.test(osImage);
  return isBefore(version, isRedHat ? [4, 18, 0, 193] : [5, 3]);
}

/** `4.18.0-193.el8` is 4, 18, 0, 193. */
function numbersOf(kernel: string): readonly number[] {
  const [, head = ''] = /^(\d+(?:[.-]\d+)*)/.exec(kernel) ?? [];
  return head === '' ? [] : head.split(/[.-]/).map(Number);
}

function isBefore(version: readonly number[], least: readonly number[]): boolean {
  for (const [index, wanted] of least.entries()) {
    const had = version[index] ?? 0;
    if (had !== wanted) return had < wanted;
  }
  return false;
}
