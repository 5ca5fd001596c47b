// bpmn-js asks for its strings through a service called `translate`; ours answers in the page's language.
import { say } from './language.js';
import zh from './zh.json';

export const missing = new Set();

function translated(template) {
  if (zh[template] === undefined && /[A-Za-z]{2}/.test(template)) missing.add(template);
  return zh[template] ?? template;
}

export function translate(template, replacements = {}) {
  const text = say(translated, (same) => same)(template);
  return text.replace(/{([^}]+)}/g, (whole, key) => {
    const value = replacements[key];
    return value === undefined ? whole : say(zh[value], undefined) ?? value;
  });
}

export const translation = { translate: ['value', translate] };
