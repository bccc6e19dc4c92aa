import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Names a process among all that ever had its pid. */
export interface ProcessId {
  readonly pid: number;
  /** When the process began, in the system's own terms; null where the system does not say. Only equality means anything. */
  readonly started: string | null;
}

export function identifyProcess(pid: number): ProcessId {
  return { pid, started: startOf(pid) };
}

/** Whether that very process is running: another one that got its pid later does not count. */
export function isRunning({ pid, started }: ProcessId): boolean {
  if (!hasProcess(pid) || isZombie(pid)) return false;
  const now = startOf(pid);
  return started === null || now === null || now === started;
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, but another user's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** On Linux, a process that ended but whose parent has not asked how: signals still find it. */
function isZombie(pid: number): boolean {
  return linuxStat(pid)?.[0] === "Z";
}

function startOf(pid: number): string | null {
  // Ticks since the machine started, so the start itself belongs to it. Source: proc_pid_stat(5), field 22.
  const ticks = linuxStat(pid)?.[19];
  if (ticks !== undefined) return `${readOr("/proc/sys/kernel/random/boot_id").trim()} ${ticks}`;
  if (process.platform === "linux" || process.platform === "win32") return null;
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || null;
  } catch {
    return null;
  }
}

/** Fields of /proc/PID/stat from the third on; undefined where there is none. */
function linuxStat(pid: number): readonly string[] | undefined {
  // "pid (name) state …"; the name may hold anything, so the last parenthesis counts.
  const stat = readOr(`/proc/${pid}/stat`);
  return stat === "" ? undefined : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function readOr(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
