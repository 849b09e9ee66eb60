// Runs `-c PROGRAM ARGUMENTS…` in Pyodide as python would; the machine's directories are mounted where they are.
import { createRequire } from "node:module";

const { loadPyodide } = createRequire(import.meta.url)("pyodide");
const [program, ...rest] = process.argv.slice(process.argv.indexOf("-c") + 1);
const python = await loadPyodide({ args: ["-B"], env: { HOME: "/home" } });
const mounted = new Set();
for (const place of rest.flatMap((text) => text.split("|"))) {
  const top = "/" + place.split("/")[1];
  if (!mounted.has(top) && top !== "/") {
    mounted.add(top);
    python.FS.mkdirTree(top);
    python.FS.mount(python.FS.filesystems.NODEFS, { root: top }, top);
  }
}
python.setStdout({ batched: (text) => console.log(text) });
try {
  python.runPython(`import sys\nsys.argv[:] = ["-c", *${JSON.stringify(rest)}]\n` + program);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
