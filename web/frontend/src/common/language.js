// The language of the page decides; every own string stands in both.
const chinese = () => !document.documentElement.lang.toLowerCase().startsWith('en');

export const say = (zh, en) => (chinese() ? zh : en);

const formats = new Map();

// An instant as people here read it: the legal day is Shanghai's, whatever the machine's zone.
export function moment(instant) {
  const parsed = new Date(instant);
  if (Number.isNaN(parsed.getTime())) return String(instant ?? '');
  const locale = say('zh-CN', 'en-GB');
  if (!formats.has(locale)) {
    formats.set(locale, new Intl.DateTimeFormat(locale, {
      timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit',
      hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    }));
  }
  return formats.get(locale).format(parsed);
}
