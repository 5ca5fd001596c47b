// Bundles every entry point into the folder given (default ../static/dist) and writes the notices of
// all packages that went in. Run through build.py, which stamps the result with a hash of the sources.
import * as esbuild from 'esbuild';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { notices } from './notices.mjs';

const out = process.argv[2] ?? '../static/dist';

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const result = await esbuild.build({
  entryPoints: {
    app: 'src/page/app.js',
    htmx: 'src/page/htmx.js',
    'replay-viewer': 'src/replay/main.js',
    modeler: 'src/modeler/main.js',
    'rules-editor': 'src/rules/main.js',
  },
  outdir: out,
  bundle: true,
  minify: true,
  format: 'iife',
  // Lowers syntax only; the oldest browsers the field pages and the modeler aim for are in README.md.
  target: ['chrome90', 'firefox90', 'safari16'],
  charset: 'utf8',
  jsx: 'automatic',
  // The properties panel brings its own preact: two of them would not share hooks.
  jsxImportSource: '@bpmn-io/properties-panel/preact',
  legalComments: 'none', // they do not contain all licences; notices.mjs writes them in full
  loader: { '.woff': 'file', '.woff2': 'file', '.ttf': 'file', '.eot': 'file', '.svg': 'file' },
  assetNames: 'assets/[name]-[hash]',
  conditions: ['browser'],
  metafile: true,
  logLevel: 'warning',
});

await writeFile(`${out}/THIRD-PARTY-NOTICES.txt`, await notices(Object.keys(result.metafile.inputs)));
