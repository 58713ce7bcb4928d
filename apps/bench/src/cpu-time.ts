import { readFileSync } from 'node:fs';

/** Ticks per second of /proc on every Linux Node runs on. */
const TICKS = 100;

/** User and system seconds the process has used so far. Linux only. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The command name may hold spaces and brackets: fields are counted after its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Resident memory of the process in MB (10^6 bytes). */
export function residentMb(pid: number): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return match === null ? 0 : (Number(match[1]) * 1024) / 1e6;
}
