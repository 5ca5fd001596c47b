// The names a diagram may use, as the server offers them for this jurisdiction and version.
import { say } from '../common/language.js';
import { loadJson } from '../common/load.js';

const LISTS = ['forms', 'rules', 'services', 'deadlines', 'roles', 'parties', 'messages', 'processes', 'facts'];

const asOption = (entry) => (typeof entry === 'string' ? { value: entry, label: entry } : entry);

export async function loadCatalogue(source) {
  const offered = source ? await loadJson(source) : {};
  return Object.fromEntries(LISTS.map((name) => [name, (offered[name] ?? []).map(asOption)]));
}

// Options of a select: nothing chosen, what is offered, and a value that is in the diagram but unknown —
// kept and marked, because dropping it silently would change the diagram.
export function optionsFor(list, current, prefix = '') {
  const options = list.map(({ value, label }) => ({
    value: prefix + value, label: label === value ? value : say(`${label}（${value}）`, `${label} (${value})`) }));
  const known = !current || options.some(({ value }) => value === current);
  return [
    { value: '', label: say('请选择', 'Choose') },
    ...options,
    ...(known ? [] : [{ value: current, label: say(`${current}（未登记）`, `${current} (unknown)`) }]),
  ];
}
