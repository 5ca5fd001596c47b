// The drawing as a file: to the server, to the disk, from the disk.
import { say } from '../common/language.js';

export const xmlOf = async (modeler) => (await modeler.saveXML({ format: true })).xml;

export async function diagramForm(modeler, name) {
  const form = new FormData();
  form.append('file', new Blob([await xmlOf(modeler)], { type: 'application/xml' }), name);
  return form;
}

export function post(address, body, token) {
  return fetch(address, { method: 'POST', body, credentials: 'same-origin',
    headers: { Accept: 'application/json', ...(token ? { 'X-CSRFToken': token } : {}) } });
}

export async function download(modeler, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([await xmlOf(modeler)], { type: 'application/xml' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// Refused files are said in words: the importer's own sentence is for programmers.
export async function open(modeler, xml) {
  try {
    await modeler.importXML(xml);
  } catch (failure) {
    throw new Error(say(`这个文件不是可以打开的流程图（${failure.message}）`,
      `This file is not a diagram that can be opened (${failure.message})`));
  }
}

// Answers {"location"} where the browser goes on, or null with the problems shown.
export async function submit(modeler, { address, token, name }) {
  const answer = await post(address, await diagramForm(modeler, name), token);
  const content = await answer.json().catch(() => ({}));
  if (answer.ok) return { location: content.location ?? null, problems: [] };
  if (content.problems) return { location: null, problems: content.problems };
  throw new Error(say(`服务器没有接受（${answer.status}），请稍后再试；可先下载保存`,
    `The server did not accept it (${answer.status}); try again later, or download it first`));
}
