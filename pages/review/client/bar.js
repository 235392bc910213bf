// The bar at the foot: verdicts, moves, the acknowledgement of the last gesture, and how the session goes.

const BUTTONS = [
  ['confirm', 'verdict-confirm', 'primary'], ['reject', 'verdict-reject', ''], ['unsure', 'verdict-unsure', ''], ['previous', 'previous', 'quiet'],
  ['next', 'next', 'quiet'], ['undo', 'undo', 'quiet'], ['flag', 'flag', 'quiet'], ['defer', 'defer', 'quiet'], ['help', 'help-open', 'quiet'],
];
const VERDICTS = { confirm: 'confirmed', reject: 'rejected', unsure: 'unsure' };

function buildBar(b) {
  b.parts.buttons = el('div', { class: 'buttons' }, BUTTONS.map(([name, role, kind]) => el('button', {
    type: 'button', class: kind, role, title: b.base.key_words[name], onclick: () => act(b, name),
  }, say(b, name), el('kbd', {}, b.base.keys[name]))));
  b.parts.ack = el('div', { class: 'ack', role: 'ack', aria: 'status' });
  b.parts.offline = el('div', { class: 'offline', role: 'offline', aria: 'alert' });
  b.parts.session = el('button', { type: 'button', class: 'quiet', role: 'session', 'aria-haspopup': 'true', onclick: () => toggle(b, 'plan') });
  b.parts.plan = el('div', { class: 'panel plan', role: 'plan', hidden: true });
  b.parts.defer = el('div', { class: 'panel defer', role: 'defer-panel', hidden: true });
  return el('footer', { class: 'bar' }, b.parts.buttons, b.parts.ack, b.parts.offline, b.parts.session, b.parts.plan, b.parts.defer);
}

// The buttons stay, so that the keyboard stays on them, also while a card is awaited: one that cannot be pressed loses it.
function drawBar(b) {
  const card = cardHere(b);
  const judging = card ? card.alert : b.here && !b.here.startsWith('stay:');
  BUTTONS.forEach(([name], i) => {
    b.parts.buttons.children[i].disabled = (name in VERDICTS || ['flag', 'defer'].includes(name)) && (!judging || !b.base.reviewer);
  });
  drawSession(b);
}

function drawSession(b) {
  const spent = [...b.spent].sort((x, y) => x - y);
  const each = spent.length ? spent[Math.floor(spent.length / 2)] : b.queue.each;
  const count = Math.max(b.queue.done + b.judged, 0);
  fill(b.parts.session, [say(b, count < 2 ? 'judged_one' : 'judged', { count }), each ? say(b, 'each', { seconds: Math.round(each) }) : ''].filter(Boolean).join(' · '));
}

// The server has counted what it has written: only what is on its way there is to be added.
function countAnew(b) {
  const waiting = b.trail.filter((one) => b.outbox.some((sent) => sent.token === one.made));
  Object.assign(b, { spent: [], judged: waiting.filter((one) => one.fresh).length });
}

function drawPlan(b) {
  const slider = el('input', { type: 'range', min: 5, max: 120, step: 5, value: b.queue.minutes, role: 'minutes', 'aria-label': say(b, 'minutes'), oninput: (event) => {
    b.queue.minutes = Number(event.target.value);
    fill(b.parts.minutes, say(b, 'minutes_said', { minutes: b.queue.minutes }));
    clearTimeout(b.planning);
    b.planning = setTimeout(() => ask(b, 'counts', { minutes: b.queue.minutes }, (answer) => {
      if (!answer.ok) return;
      Object.assign(b.queue, answer.counts);
      countAnew(b);
      fill(b.parts.planWords, rich(b.queue.plan));
      drawQueue(b);
      drawSession(b);
    }), 120);
  } });
  b.parts.minutes = el('span', { class: 'muted' }, say(b, 'minutes_said', { minutes: b.queue.minutes }));
  b.parts.planWords = el('p', { role: 'plan-words' }, rich(b.queue.plan));
  const resume = b.resume && b.resume.stay_id ? el('button', { type: 'button', class: 'quiet', role: 'resume', onclick: () => {
    show(b, b.resume.alert_id || `stay:${b.resume.stay_id}`, b.resume.stay_id);
    toggle(b, 'plan');
  } }, say(b, 'resume')) : null;
  fill(b.parts.plan, el('label', { class: 'field' }, el('span', {}, say(b, 'minutes')), slider), b.parts.minutes, b.parts.planWords, resume,
    el('p', { class: 'muted small' }, say(b, 'plan_help')));
}

// Put off until a morning of one's choice.
function drawDefer(b) {
  const morning = (days) => {
    const at = new Date(Date.now() + days * DAY);
    at.setHours(8, 0, 0, 0);
    return at;
  };
  const date = el('input', { type: 'date', role: 'defer-date', 'aria-label': say(b, 'defer_date'), min: local(morning(1)).slice(0, 10) });
  const until = (at) => () => { toggle(b, 'defer'); deferUntil(b, at()); };
  const fixed = [['tomorrow', 1], ['in_three', 3], ['in_week', 7]].map(([name, days]) => el('button', { type: 'button', role: `defer-${days}`, onclick: until(() => morning(days)) }, say(b, `defer_${name}`)));
  fill(b.parts.defer, el('span', {}, say(b, 'defer_until')), fixed, date,
    el('button', { type: 'button', role: 'defer-ok', onclick: () => { if (date.value) until(() => new Date(`${date.value}T08:00`))(); } }, say(b, 'defer_ok')),
    el('button', { type: 'button', class: 'quiet', onclick: () => toggle(b, 'defer') }, say(b, 'cancel')));
}

const local = (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;

function drawHelp(b) {
  const rows = Object.entries(b.base.keys).map(([name, shown]) => el('tr', {}, el('th', { scope: 'row' }, el('kbd', {}, shown)), el('td', {}, b.base.key_words[name])));
  fill(b.parts.help, el('table', {}, el('tbody', {}, rows)), el('p', { class: 'muted small' }, say(b, 'keys_note')));
}

// One panel at a time over the page, help beside them; closed by Escape or by its own button, to which the keyboard goes back.
function toggle(b, name, open = b.parts[name].hidden) {
  const panel = b.parts[name];
  const inside = panel.contains(b.root.getRootNode().activeElement);
  for (const one of PANELS) if (name !== 'help' && one !== 'help' && one !== name) b.parts[one].hidden = true;
  panel.hidden = !open;
  b.parts.filtersOpen.setAttribute('aria-expanded', String(!b.parts.filters.hidden));
  if (open) ({ filters: drawFilters, plan: drawPlan, defer: drawDefer, help: drawHelp })[name](b);
  if (open && name === 'filters' && !b.views) askViews(b);
  if (open) panel.querySelector('button, select, input')?.focus();
  else if (inside) ({ filters: b.parts.filtersOpen, plan: b.parts.session, defer: b.parts.buttons.querySelector('[data-role=defer]') })[name].focus();
}

function tell(b, words, kind) {
  b.parts.ack.className = `ack ${kind}`;
  b.parts.ack.title = words;
  fill(b.parts.ack, kind === 'good' ? '✓ ' : '', words);
}
