// The full licence text of every package that is part of a bundle.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const HEAD = `The browser bundles contain the packages below, each under its own licence.
Diagrams are drawn by bpmn.io: its mark stays visible wherever a diagram is shown.
`;

// "node_modules/a/node_modules/@b/c/lib/x.js" → "node_modules/a/node_modules/@b/c"
function folderOf(input) {
  const parts = input.split('/');
  const last = parts.lastIndexOf('node_modules');
  if (last < 0) return null;
  return parts.slice(0, last + (parts[last + 1].startsWith('@') ? 3 : 2)).join('/');
}

// Packages inside a package (a bundled preact) have a package.json of their own.
async function nested(inputs) {
  const bundled = inputs.filter((input) => input.includes('@bpmn-io/properties-panel/preact/'));
  return bundled.length ? ['node_modules/@bpmn-io/properties-panel/preact'] : [];
}

async function notice(folder) {
  const about = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((name) => /^(licen[cs]e|copying)/i.test(name));
  const text = file ? await readFile(join(folder, file), 'utf8') : null;
  if (!text && !about.license) throw new Error(`${folder} states no licence`);
  const title = `${about.name} ${about.version} (${about.license ?? 'see below'})`;
  return `${'='.repeat(78)}\n${title}\n${'='.repeat(78)}\n\n${(text ?? `Licence: ${about.license}`).trim()}\n`;
}

export async function notices(inputs) {
  const folders = new Set([...inputs.map(folderOf).filter(Boolean), ...(await nested(inputs))]);
  const texts = await Promise.all([...folders].sort().map(notice));
  return [HEAD, ...texts].join('\n');
}
