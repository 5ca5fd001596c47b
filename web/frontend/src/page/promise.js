// <section data-promise="promise|reveal|seal">: a party makes its random value here and keeps it. The form
// gets the hash alone; of a reveal it gets salt and value, which are compared with the hash at once.
import { say } from '../common/language.js';
import { sha256 } from '../common/sha256.js';

const HEX = /^[0-9a-f]{64}$/;
const KINDS = [[/^[1-6]+$/, 6], [/^[0-9]+$/, 10], [/^[0-9a-f]+$/i, 16], [/^[0-9a-z]+$/i, 36], [/^[\x21-\x7e]+$/, 64]];

export function promises() {
  document.querySelectorAll('[data-promise]').forEach((part) => {
    part.querySelector('[data-script]').hidden = false;
    (part.dataset.promise === 'reveal' ? reveals : makes)(part);
  });
}

// commit = SHA256("ssyg/commit/v1|" party "|" salt "|" value)
const commitOf = (party, salt, value) => sha256(`ssyg/commit/v1|${party}|${salt}|${value}`);

const random = () => [...crypto.getRandomValues(new Uint8Array(32))]
  .map((byte) => byte.toString(16).padStart(2, '0')).join('');

// A cautious count of what somebody typed: by the kind of signs, or by the signs used where they are few.
function bitsOf(typed) {
  const signs = [...typed.replace(/\s+/g, '')];
  const distinct = new Set(signs).size;
  const [, size] = KINDS.find(([shape]) => shape.test(signs.join(''))) ?? [null, distinct];
  return distinct ? Math.floor(signs.length * Math.log2(distinct * 2 > size ? size : distinct)) : 0;
}

function makes(part) {
  const { party, number, promise: step } = part.dataset;
  const form = part.closest('form');
  const field = form.elements[step === 'seal' ? 'seal_secret' : 'promise_commit'];
  const find = (name) => part.querySelector(`[data-${name}]`);
  const [own, use, alarm] = [find('own'), find('use'), find('alarm')];
  let kept = null;

  const take = (value, typed) => {
    const salt = random();
    find('made').hidden = false;
    alarm.hidden = true;
    field.value = step === 'seal' ? value : commitOf(party, salt, value);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    if (step === 'seal') return;
    kept = { salt, value, commit: field.value, ...(typed ? { typed } : {}) };
    find('salt').textContent = salt;
    find('value').textContent = value;
    find('hash').textContent = field.value;
    find('kept').checked = false;
  };
  find('make').addEventListener('click', () => take(random()));
  own.addEventListener('input', () => { use.disabled = !strong(part, own.value); });
  use.addEventListener('click', () => {
    const typed = own.value.replace(/\s+/g, '');
    take(sha256(typed), typed);
  });
  find('save')?.addEventListener('click', () => {
    save(`${say('承诺', 'promise')}-${number}-${party}.json`, { number, party, ...kept, note: NOTE() });
    find('kept').checked = true;
  });
  form.addEventListener('submit', (leaving) => {
    if (!kept || find('kept').checked || leaving.submitter?.value === 'draft') return;
    leaving.preventDefault();
    alarm.hidden = false;
    alarm.textContent = say(
      '还没有保存随机数。请先下载或抄下盐和值，再勾选“我已保存”：服务器没有副本，丢了就无法公开。',
      'The value is not kept yet. Download it or write it down and tick the box: the server has no copy, and what is lost cannot be revealed.',
    );
    alarm.scrollIntoView({ block: 'center' });
  });
}

const NOTE = () => say(
  '公开期限以前不要给任何人看。值由您录入的，值 = SHA256(录入的内容，去掉空格)。摘要 = SHA256("ssyg/commit/v1|部门代码|盐|值")。',
  'Show this to nobody before the reveal. A typed value is SHA256(what was typed, without spaces). Hash = SHA256("ssyg/commit/v1|department|salt|value").',
);

function strong(part, typed) {
  const [bits, least] = [bitsOf(typed), Number(part.dataset.bits)];
  const enough = bits >= least;
  part.querySelector('[data-strength]').textContent = typed.trim() === '' ? '' : say(
    `约 ${bits} 比特，${enough ? '够了。' : `还不够 ${least} 比特，请继续。`}`,
    `About ${bits} bits, ${enough ? 'enough.' : `fewer than ${least}; go on.`}`,
  );
  return enough;
}

function save(name, content) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`${JSON.stringify(content, null, 1)}\n`], { type: 'application/json' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function reveals(part) {
  const { party, commit } = part.dataset;
  const { reveal_salt: salt, reveal_value: value } = part.closest('form').elements;
  const verdict = part.querySelector('[data-verdict]');
  const judge = () => {
    [salt, value].forEach((field) => { field.value = field.value.trim().toLowerCase(); });
    verdict.hidden = !salt.value && !value.value;
    tell(verdict, ...judged(party, commit, salt.value, value.value));
  };
  [salt, value].forEach((field) => field.addEventListener('input', judge));
  part.querySelector('[data-file]').addEventListener('change', async ({ target }) => {
    const text = await target.files[0]?.text() ?? '';
    const [first, second] = read(text);
    if (second) {
      [salt.value, value.value] = [first, second];
      judge();
    } else {
      verdict.hidden = false;
      tell(verdict, 'bad', say('这个文件里没有盐和值。请选择提交承诺时下载的文件。', 'This file holds no salt and value. Choose the one you downloaded when you promised.'));
    }
  });
  judge();
}

function read(text) {
  try {
    const { salt, value } = JSON.parse(text);
    if (HEX.test(salt) && HEX.test(value)) return [salt, value];
  } catch { /* no JSON: perhaps what `ssj draw promise` printed */ }
  return text.match(/\b[0-9a-f]{64}\b/g) ?? [];
}

function judged(party, commit, salt, value) {
  if (!HEX.test(salt) || !HEX.test(value)) {
    return ['warn', say('盐和值各为 64 位十六进制（0–9、a–f），还没有填完整。', 'Salt and value are 64 hex digits (0–9, a–f) each; they are not complete yet.')];
  }
  if (commitOf(party, salt, value) === commit) {
    return ['good', say('相符：这正是您承诺的随机数，可以提交。', 'It fits: this is the value you promised. You may hand it in.')];
  }
  return ['bad', say('不相符：盐和值算不出您承诺的摘要。请核对是不是这项任务的文件、有没有抄错或填反。', 'It does not fit: salt and value do not give the hash you promised. Check whether the file is of this task and nothing is mistyped or swapped.')];
}

function tell(verdict, tone, words) {
  verdict.className = `note ${tone}`;
  verdict.textContent = words;
}
