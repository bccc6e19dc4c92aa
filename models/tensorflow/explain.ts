/** Why a TensorFlow.js package does not work, and what to do. Nothing is needed to train on `wasm`. */
interface Explanation {
  readonly why: string;
  readonly fix: string;
}

interface Pattern {
  readonly found: RegExp;
  readonly why: string;
  readonly fix: string;
}

/** What tfjs-node-gpu needs to find a GPU. */
export const CUDA_FIX =
  "install CUDA 11.2 and cuDNN 8.1, for which tfjs-node-gpu 4.22 is built, and put them on LD_LIBRARY_PATH";

/** Known failures, by what they say; the first that fits is told. */
const PATTERNS: readonly Pattern[] = [
  {
    found: /isNullOrUndefined|is(Array|String|Function|Object) is not a function/,
    why: "it calls util.isNullOrUndefined, which Node.js 23 removed",
    fix: "use Node.js 20 or 22 with it",
  },
  {
    found: /tfjs_binding\.node|native addon module/,
    why: "its native library is not there: the install step that downloads or builds it failed",
    fix: "where storage.googleapis.com can be reached: npm rebuild NAME; or npm rebuild NAME --build-addon-from-source",
  },
  { found: /libcud(art|nn)|libcublas|libcufft|libcusparse|CUDA/i, why: "CUDA's libraries do not load", fix: CUDA_FIX },
  {
    found: /GLIBC(XX)?_/,
    why: "its native library needs a newer C library than this system's",
    fix: "use a newer Linux distribution, or npm rebuild NAME --build-addon-from-source",
  },
  {
    found: /libtensorflow/,
    why: "TensorFlow's own library does not load",
    fix: "npm rebuild NAME, where storage.googleapis.com can be reached",
  },
  {
    found: /NODE_MODULE_VERSION|ERR_DLOPEN_FAILED|invalid ELF header|wrong architecture/,
    why: "its native library is for another Node.js or processor",
    fix: "npm rebuild NAME --build-addon-from-source",
  },
];

/** @param error what its import, its start or its first computation threw */
export function explainFailure(packageName: string, error: unknown): Explanation {
  const { message, code } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error), code: "" };
  const missing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
  if (missing && message.includes(`'${packageName}'`))
    return { why: "not installed", fix: `npm install ${packageName}@4.22.0` };
  const [first = ""] = message.split("\n");
  const known = PATTERNS.find(({ found }) => found.test(message) || found.test(String(code)));
  if (!known) return { why: `it does not start: ${first}`, fix: `npm install ${packageName}@4.22.0 again, or leave it out` };
  return { why: known.why, fix: known.fix.replaceAll("NAME", packageName) };
}
