// Bundles the explorer page into ../dist, the folder the Go package embeds.
//
//   npm ci --ignore-scripts && node build.mjs
//
// The same sources and the same lock file give the same bytes on every machine: esbuild is deterministic, and pako
// compresses in JavaScript because the zlib inside node changes its output from one node release to the next.
import * as esbuild from 'esbuild';
import pako from 'pako';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, '..', 'dist');

const result = await esbuild.build({
  absWorkingDir: here,
  entryPoints: {
    explorer: 'src/explorer.jsx',
    'worker-editor': 'monaco-editor/esm/vs/editor/editor.worker.js',
    'worker-json': 'monaco-editor/esm/vs/language/json/json.worker.js',
    'worker-graphql': 'monaco-graphql/esm/graphql.worker.js',
    favicon: 'src/favicon.svg',
  },
  bundle: true,
  splitting: true, // the page and its workers share what they have in common, prettier waits until it is used
  format: 'esm',
  target: ['chrome111', 'firefox114', 'safari16.4'],
  jsx: 'automatic',
  minify: true,
  legalComments: 'none', // the full licence texts are written to licences.txt below
  define: { 'process.env.NODE_ENV': '"production"' },
  keepNames: true, // GraphiQL makes the spoken names of its icons from function names
  alias: {
    // GraphiQL imports these by their old names, which lead to CommonJS files without the named exports it reads:
    // its Prettify button would do nothing but warn.
    'prettier/parser-graphql': 'prettier/plugins/graphql',
    'prettier/parser-babel': 'prettier/plugins/babel',
  },
  loader: { '.ttf': 'file', '.svg': 'copy' },
  entryNames: '[name]-[hash]',
  chunkNames: 'chunk-[hash]',
  assetNames: '[name]-[hash]',
  outdir: 'out',
  write: false,
  metafile: true,
  logLevel: 'info',
});

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const sizes = [];
for (const file of result.outputFiles) {
  // esbuild also makes a style sheet per lazily loaded module; the page's own already holds all of them.
  const unused = file.path.endsWith('.css') && basename(file.path) !== pageStyle();
  if (!unused) write(basename(file.path), file.contents);
}
const licences = licenceTexts();
const licencesName = `licences-${hash(licences).slice(0, 8)}.txt`;
write(licencesName, Buffer.from(licences));
writeFileSync(join(dist, 'manifest.json'), JSON.stringify(manifest(), null, 2) + '\n');
report();

function write(name, contents) {
  const packed = pako.gzip(contents, { level: 9, header: { os: 255 } });
  writeFileSync(join(dist, `${name}.gz`), packed);
  sizes.push({ name, raw: contents.length, packed: packed.length });
}

// manifest tells the Go side which hashed file plays which part, and of which sources the bundle was made, so that a
// test without npm notices sources that were edited and not bundled.
function manifest() {
  const made = (source) => basename(outputOf(source));
  return {
    sources: sourcesHash(),
    script: made('src/explorer.jsx'),
    style: pageStyle(),
    preload: [...importedBy(outputOf('src/explorer.jsx'))].map((path) => basename(path)).sort(),
    favicon: sizes.find((f) => f.name.startsWith('favicon')).name,
    licences: licencesName,
    workers: {
      editor: made('editor.worker.js'),
      json: made('json.worker.js'),
      graphql: made('graphql.worker.js'),
    },
  };
}

function outputOf(source) {
  return Object.keys(result.metafile.outputs).find((path) => result.metafile.outputs[path].entryPoint?.endsWith(source));
}

function pageStyle() {
  return basename(result.metafile.outputs[outputOf('src/explorer.jsx')].cssBundle);
}

// importedBy follows static imports: what the browser must have before the page's first line runs.
function importedBy(path, seen = new Set()) {
  for (const i of result.metafile.outputs[path].imports) {
    if (i.kind !== 'import-statement' || seen.has(i.path)) continue;
    seen.add(i.path);
    importedBy(i.path, seen);
  }
  return seen;
}

function sourcesHash() {
  const files = readdirSync(join(here, 'src'), { recursive: true }).map((f) => `src/${f.split(sep).join('/')}`);
  files.push('build.mjs', 'package.json', 'package-lock.json');
  return hash(files.sort().map((f) => `${f} ${hash(readFileSync(join(here, f)))}\n`).join(''));
}

// licenceTexts gathers the licence of every package whose code is in the bundle.
function licenceTexts() {
  const folders = new Set();
  for (const input of Object.keys(result.metafile.inputs)) {
    const parts = input.split('node_modules/');
    if (parts.length === 1) continue;
    const names = parts.pop().split('/');
    const name = names[0].startsWith('@') ? `${names[0]}/${names[1]}` : names[0];
    folders.add(join(here, [...parts, name].join('node_modules/')));
  }
  return [...folders].sort().map(licenceText).join(`\n${'='.repeat(80)}\n`);
}

function licenceText(folder) {
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder)
    .filter((f) => /^(licen[sc]e|notice|thirdpartynotices)/i.test(f))
    .sort()
    .map((f) => readFileSync(join(folder, f), 'utf8').trim());
  return [`${about.name} ${about.version} (${about.license})`, ...texts, ''].join('\n\n');
}

function hash(contents) {
  return createHash('sha256').update(contents).digest('hex');
}

function report() {
  for (const f of sizes.sort((a, b) => b.packed - a.packed)) {
    console.log(`${String(f.packed).padStart(9)} of ${String(f.raw).padStart(9)}  ${f.name}`);
  }
  const sum = (key) => sizes.reduce((n, f) => n + f[key], 0);
  console.log(`${String(sum('packed')).padStart(9)} of ${String(sum('raw')).padStart(9)}  in ${sizes.length} files`);
}
