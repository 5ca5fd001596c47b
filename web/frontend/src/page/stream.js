// <section data-stream="/…/events" data-refresh="/…/fragment"> stays current: a server-sent event says
// that something happened, the fragment (HTML of our own server) says what. EventSource itself resumes
// from the last id. Where streams do not get through, the fragment is asked for every 15 seconds.
import { say } from '../common/language.js';

const POLL_SECONDS = 15;

export function listen(section) {
  const { stream, refresh } = section.dataset;
  let polling = 0;
  let pending = Promise.resolve();
  const update = () => { pending = pending.then(() => renew(section, refresh)); };
  const source = new EventSource(stream);
  source.addEventListener('message', update);
  source.addEventListener('end', () => { source.close(); clearInterval(polling); update(); });
  source.addEventListener('open', () => { clearInterval(polling); polling = 0; update(); });
  source.addEventListener('error', () => { polling ||= setInterval(update, POLL_SECONDS * 1000); });
  window.addEventListener('pagehide', () => source.close()); // a stream holds a thread of the server
}

async function renew(section, address) {
  const status = section.querySelector('[data-stream-status]');
  try {
    const answer = await fetch(address, { headers: { Accept: 'text/html' } });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const live = section.querySelector('[data-stream-live]') ?? section;
    live.replaceChildren(...fresh.body.childNodes);
    if (status) status.textContent = '';
  } catch {
    if (status) {
      status.textContent = say('连接中断，正在重试；也可以刷新页面。', 'Connection lost, trying again; you may also reload the page.');
    }
  }
}
