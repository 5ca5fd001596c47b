// A source is the address of an endpoint or "#id" of an embedded <script type="application/json">.
import { say } from './language.js';

async function fetched(address, accept) {
  let response;
  try {
    response = await fetch(address, { headers: { Accept: accept }, credentials: 'same-origin' });
  } catch {
    throw new Error(say(`无法连接服务器，请稍后刷新页面（${address}）`,
      `The server cannot be reached; reload the page in a while (${address})`));
  }
  if (!response.ok) {
    throw new Error(say(`服务器没有给出所需内容（${response.status}，${address}）`,
      `The server did not give what was asked for (${response.status}, ${address})`));
  }
  return response;
}

function embedded(source) {
  const holder = document.querySelector(source);
  if (!holder) throw new Error(say(`页面缺少内容 ${source}`, `The page lacks ${source}`));
  return JSON.parse(holder.textContent);
}

export async function loadJson(source) {
  if (source.startsWith('#')) return embedded(source);
  return (await fetched(source, 'application/json')).json();
}

// BPMN XML as it is, or as {"xml": "…"}.
export async function loadDiagram(source) {
  if (source.startsWith('#')) return xmlOf(embedded(source));
  const response = await fetched(source, 'application/xml, application/json;q=0.5');
  const json = (response.headers.get('Content-Type') ?? '').includes('json');
  return json ? xmlOf(await response.json()) : response.text();
}

const xmlOf = (content) => (typeof content === 'string' ? content : content.xml);
