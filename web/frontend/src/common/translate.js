// bpmn-js asks for its strings through a service called `translate`; ours answers in the page's language.
import { say } from './language.js';
import zh from './zh.json';

// What is not in the table stays English: a test reads every corner of the page for such leftovers.
export function translate(template, replacements = {}) {
  const words = say(zh, {});
  return (words[template] ?? template).replace(/{([^}]+)}/g, (whole, key) => {
    const value = replacements[key];
    return value === undefined ? whole : words[value] ?? value;
  });
}

export const translation = { translate: ['value', translate] };
