import { EnvironmentError } from "../volume/errors.ts";

/** What a system error code means for the person at the keyboard. */
const meanings: ReadonlyMap<string, { readonly got: string; readonly next: string }> = new Map([
  ["ENOSPC", { got: "a full disk (ENOSPC)", next: "Free some space or choose another folder, then run it again" }],
  ["EDQUOT", { got: "a used-up quota (EDQUOT)", next: "Free some space or choose another folder, then run it again" }],
  ["EROFS", { got: "a read-only file system (EROFS)", next: "Choose a folder that can be written" }],
  ["EACCES", { got: "no permission (EACCES)", next: "Change the permissions or choose another folder" }],
  ["EPERM", { got: "no permission (EPERM)", next: "Change the permissions or choose another folder" }],
  ["ENOENT", { got: "a folder that does not exist (ENOENT)", next: "Create the folder first" }],
  ["ENOTDIR", { got: "a file where a folder should be (ENOTDIR)", next: "Choose another path" }],
  ["EISDIR", { got: "a folder of that name (EISDIR)", next: "Choose another name, or remove the folder" }],
  ["ENOTEMPTY", { got: "a folder that is not empty (ENOTEMPTY)", next: "Choose another folder, or empty this one" }],
  ["EEXIST", { got: "something of that name already (EEXIST)", next: "Choose another name" }],
  ["EXDEV", { got: "two different file systems (EXDEV)", next: "Choose a folder on one file system" }],
  ["EMFILE", { got: "too many open files (EMFILE)", next: "Raise the limit with ulimit -n" }],
  ["ENFILE", { got: "too many open files (ENFILE)", next: "Close other programs" }],
  ["EIO", { got: "an input/output error (EIO)", next: "Check the disk; nothing was kept" }],
  ["ENAMETOOLONG", { got: "a name that is too long (ENAMETOOLONG)", next: "Choose a shorter name" }],
]);

/** The error as the environment's fault, with what to do; any other error comes back as it is. */
export function environmentErrorOf(error: unknown, { where, expected }: { where: string; expected: string }): unknown {
  const code = systemCodeOf(error);
  const meaning = code === undefined ? undefined : meanings.get(code);
  if (meaning === undefined) return error;
  return new EnvironmentError({ code: `E_${code}`, where, expected, ...meaning }, { cause: error });
}

/** `ENOSPC` and its like, where the error came from the operating system. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
