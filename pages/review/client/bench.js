// The workbench: what it holds, what it shows, what it asks ahead while the eye reads.

const AHEAD = 8;  // cards held after the one on the screen
const AT_ONCE = 3;  // cards asked in one message
const IDLE_MS = 250;

let left = null;  // the bench that was on the screen last: who comes back from another page finds it again at once

const cardHere = (b) => b.cards.get(b.here);

function makeBench(parent) {
  const b = {
    parent, base: null, queue: { rows: [], asked: {}, stays: [] }, choices: {}, cards: new Map(), rowOf: new Map(), here: '', at: null, run: 0, sent: 0, asked: 0,
    missed: 0, outbox: [], questions: [], after: new Map(), parts: {}, spent: [], judged: 0, trail: [], showing: 0, readFrom: -1, given: -1, tab: 'why', more: false,
    view: { scope: 'active', order: 'class', view: 'timeline', curves: '', ledger: '' }, others: [], fields: {}, paintedAt: 0,
  };
  const read = new URLSearchParams(location.search);
  for (const name of ['scope', 'order', 'view']) if (read.get(name)) b.view[name] = read.get(name);
  b.hear = (event) => hear(b, event);
  b.place = () => placeBench(b);
  return b;
}

function build(b) {
  if (b.root) b.root.remove();
  b.root = el('main', { class: 'bench' }, buildQueue(b), buildTimeline(b), buildReasons(b), buildBar(b));
  b.parent.append(b.root);
  giveKeysBack(b);
  b.letters = Object.fromEntries(Object.entries(b.base.keys).filter(([, shown]) => shown.length === 1).map(([name, shown]) => [shown.toLowerCase(), name]));
}

// What waits for an answer stays as readable as before: the page would fade all of it, though only one part is not there yet.
function keepBright(host) {
  for (let at = host; at; at = at.parentElement) if (at.dataset.stale !== undefined) at.style.setProperty('opacity', '1', 'important');
}

// The bench takes the room that the page gives under its header; its host holds no height of its own.
function placeBench(b) {
  let scroller = b.parent.getRootNode().host || b.parent;
  keepBright(scroller);
  while (scroller.parentElement && !/auto|scroll/.test(getComputedStyle(scroller).overflowY)) scroller = scroller.parentElement;
  const box = scroller.getBoundingClientRect();
  const top = Math.max(box.top, 0) + 52;
  Object.assign(b.root.style, { left: `${box.left}px`, top: `${top}px`, width: `${box.width}px`, height: `${window.innerHeight - top}px` });
  b.watch = b.watch || new ResizeObserver(() => { b.place(); if (cardHere(b)) drawLines(b); });
  if (b.watched !== scroller) { b.watch.disconnect(); b.watch.observe(scroller); b.watched = scroller; }
  const ground = getComputedStyle(b.root).backgroundColor.match(/[\d.]+/g) || [255, 255, 255];
  b.root.dataset.tone = Number(ground[0]) * 0.3 + Number(ground[1]) * 0.59 + Number(ground[2]) * 0.11 < 128 ? 'dark' : 'light';
}

function writeAddress(b) {
  const card = cardHere(b);
  const now = new URLSearchParams(location.search);
  const put = (name, value) => (value ? now.set(name, value) : now.delete(name));
  for (const name of [...FILTERS, 'search', 'by']) put(name, name === 'state' && b.queue.asked.state === 'open' ? '' : b.queue.asked[name]);
  put('scope', b.view.scope === 'active' ? '' : b.view.scope);
  put('order', b.view.order === 'class' ? '' : b.view.order);
  put('view', b.view.view === 'timeline' ? '' : b.view.view);
  if (card) { put('stay', card.stay); put('alert', card.alert); }
  const query = now.toString();
  const to = `${location.pathname}${query ? `?${query}` : ''}`;
  if (to !== `${location.pathname}${location.search}`) history.replaceState(history.state, '', to);
}

function wanted(b, key, stay) {
  const found = b.rowOf.get(key);
  if (found) return { key, stay: found.row.stay, alert: found.row.alert };
  return key.startsWith('stay:') ? { key, stay: key.slice(5), alert: '' } : { key, stay: stay || '', alert: key };
}

// Put an alert on the screen: at once when its card is here, else as soon as it comes.
function show(b, key, stay) {
  b.here = key;
  b.at = null;
  b.view.ledger = '';
  b.others = [];
  b.showing += 1;
  b.since = Date.now();
  b.seenAt = 0;
  paint(b);
  const card = cardHere(b);
  if (!card && key) refresh(b, key, stay);
  else if (card && card.stale) { card.stale = false; refresh(b, key, card.stay); }
  touch(b);
}

function refresh(b, key, stay) {
  const until = b.trail.length;
  ask(b, 'cards', { keys: [wanted(b, key, stay)] }, (answer) => {
    if (judgedSince(b, until, key)) return;
    takeCards(b, answer.cards || {});
    if (b.here === key || answer.cards?.[key]?.key === b.here) paint(b);
  });
}

function takeCards(b, cards) {
  for (const [key, card] of Object.entries(cards)) {
    const before = b.cards.get(key);
    if (before && before.moments) card.moments = before.moments;
    b.cards.set(key || card.key, card);
  }
  for (const key of [...b.cards.keys()].slice(0, Math.max(b.cards.size - 60, 0))) if (key !== b.here) b.cards.delete(key);
}

function paint(b) {
  const card = cardHere(b);
  drawQueueHead(b);
  markHere(b);
  if (!card) {
    const narrowed = b.queue.asked.search || filtered(b).length;
    fill(b.parts.who, say(b, b.here ? 'loading' : narrowed ? 'nothing_here' : 'nothing'));
    drawBadges(b, {});
    for (const name of ['axis', 'gantt', 'bio', 'table', 'sentence', 'tabs', 'tab', 'form', 'viewTools']) keepingFocus(b, b.parts[name], () => fill(b.parts[name]));
  } else {
    takeFields(b, card);
    drawLines(b);
    bringGuilty(b);
    drawReasons(b);
    writeAddress(b);
  }
  drawBar(b);
  if (card && b.readFrom !== b.showing) { b.readFrom = b.showing; b.paintedAt = performance.now(); }  // painted again, it has been read since
  if (card) document.documentElement.dataset.reviewKeys = `${card.alert || card.key}:${b.showing}`;
  else delete document.documentElement.dataset.reviewKeys;
}

function step(b, by) {
  const found = b.rowOf.get(b.here);
  const last = b.queue.rows.length - 1;
  const from = found ? found.place : by > 0 ? -1 : last + 1;
  const to = Math.abs(by) > 1 ? Math.min(Math.max(from + by, 0), last) : from + by;  // a leap ends at the end
  if (to >= 0 && to <= last && to !== from) show(b, b.queue.rows[to].key);
  else tell(b, say(b, 'last_seen'), '');
}

// While the eye reads: say where one stands, then bring what comes next, one small question at a time.
function touch(b) {
  clearTimeout(b.idle);
  b.idle = setTimeout(() => askAhead(b), IDLE_MS);
}

function askAhead(b) {
  if (!b.root.isConnected) return;
  if (b.underWay || b.questions.length) { touch(b); return; }
  const card = cardHere(b);
  if (!card || card.refused) return;
  const then = (apply) => (answer) => { apply(answer); askAhead(b); };
  if (b.seenAt !== b.showing && b.base.reviewer) {
    b.seenAt = b.showing;
    const mine = b.showing;
    ask(b, 'seen', { stay: card.stay, alert: card.alert }, then((answer) => { if (answer.ok && b.showing === mine) { b.others = answer.others; drawBadges(b, card); } }));
  } else if (card.alert && card.why.state === 'wanted' && !card.why.failed) askWhy(b, card, then);
  else if (!askCards(b, then)) askMore(b, card, then);
}

function nextKeys(b, count) {
  const found = b.rowOf.get(b.here);
  return b.queue.rows.slice(found ? found.place + 1 : 0, (found ? found.place + 1 : 0) + count).map((row) => row.key);
}

function askCards(b, then) {
  const lacking = nextKeys(b, AHEAD).filter((key) => !b.cards.has(key)).slice(0, AT_ONCE);
  if (lacking.length) ask(b, 'cards', { keys: lacking.map((key) => wanted(b, key)) }, then((answer) => takeCards(b, answer.cards || {})));
  return lacking.length > 0;
}

function askMore(b, card, then) {
  const next = nextKeys(b, 4).map((key) => b.cards.get(key)).find((one) => one && one.alert && one.why && one.why.state === 'wanted' && !one.why.failed);
  if (card.alert && !card.asked_moments) { askMoments(b, card); touch(b); }
  else if (next) askWhy(b, next, then);
}

function askWhy(b, card, then) {
  ask(b, 'why', { stay: card.stay, alert: card.alert }, then((answer) => {
    card.why = answer.ok ? answer.why : { state: 'wanted', failed: answer.said };
    if (answer.ok) card.sentence = answer.sentence;
    if (cardHere(b) === card) drawSentence(b, card);
    if (cardHere(b) === card && b.tab === 'why') drawTabs(b, card);
  }));
}

function turnLanguage(b) {
  b.wish = b.base.language === 'fr' ? 'en' : 'fr';
  post(b);
}

// What the server sends: everything, or answers.
function receive(b, data, send) {
  b.send = send;
  if (data.run === b.run) return;
  b.run = data.run;
  if (data.base && b.back) takeFresh(b, data);
  else if (data.base) takeWhole(b, data);
  else if (!b.base && data.back && left && left.base.language === data.back.language && left.base.reviewer === data.back.reviewer) comeBack(b, left);
  else if (!b.base) { send('sent', { whole: true, gestures: [], questions: [], got: data.run, n: ++b.sent }); return; }
  arrived(b, data.replies || []);
}

function takeWhole(b, data) {
  b.base = data.base;
  b.wish = '';
  b.questions = [];
  b.choices = {};
  b.formats = null;
  b.resume = data.resume;
  openOutbox(b);
  b.cards = new Map();
  build(b);
  takeCards(b, data.cards);
  b.here = data.here;
  takeQueue(b, data.queue);
  b.place();
  drawQueue(b);
  show(b, b.here || '');
}

// Paint what was there when the page was left, and ask for what has become of it.
function comeBack(b, old) {
  Object.assign(b, { view: old.view, trail: old.trail });
  takeWhole(b, { base: old.base, queue: old.queue, cards: Object.fromEntries(old.cards), here: old.here, resume: '' });
  Object.assign(b, { spent: old.spent, judged: old.judged });
  drawSession(b);
  b.back = true;
}

// All has come anew while the person reads: the place stays, cards that did not come are asked again when they are shown.
// What was worked out before a gesture of this person was written does not know of it: then all is asked once more.
function takeFresh(b, data) {
  const answered = Object.assign({}, ...(data.replies || []).map((reply) => reply.acks || {}));
  if (b.outbox.some((one) => !(one.token in answered))) return;
  b.back = false;
  b.base = data.base;
  b.resume = data.resume;
  for (const [key, card] of b.cards) card.stale = !(key in data.cards);
  takeCards(b, data.cards);
  takeQueue(b, data.queue);
  b.judged = 0;
  drawQueue(b);
  if (!b.here && data.here) { show(b, data.here); return; }
  const card = cardHere(b);
  if (card && card.stale) { card.stale = false; refresh(b, b.here, card.stay); } else paint(b);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const b = parentElement.pharmiage = parentElement.pharmiage || makeBench(parentElement);
  window.addEventListener('keydown', b.hear, true);
  window.addEventListener('resize', b.place);
  receive(b, data, setTriggerValue);
  return () => {
    window.removeEventListener('keydown', b.hear, true);
    window.removeEventListener('resize', b.place);
    if (b.base) left = b;
    setTimeout(() => { if (!b.root?.isConnected) [b.retry, b.idle, b.drafting, b.searching].forEach(clearTimeout); });
    delete document.documentElement.dataset.reviewKeys;
  };
}
