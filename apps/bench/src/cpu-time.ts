import { readdirSync, readFileSync } from 'node:fs';

/** Ticks per second of /proc on every Linux Node runs on. */
const TICKS = 100;

/** A process and those it started: scripts may run in processes of their own. Linux only. */
export function processTree(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(processTree)];
}

/** User and system seconds the processes have used so far. Linux only. */
export function cpuSeconds(...pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + secondsOf(pid), 0);
}

function secondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The command name may hold spaces and brackets: fields are counted after its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Resident memory of the processes in MB (10^6 bytes). */
export function residentMb(...pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + megabytesOf(pid), 0);
}

function megabytesOf(pid: number): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return match === null ? 0 : (Number(match[1]) * 1024) / 1e6;
}
