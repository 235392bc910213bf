// Keys of the review. Letters follow the layout of the keyboard (event.key), digits the place of the key
// (event.code), so that an AZERTY row and a numeric pad both work. Capture phase: nothing on the page can take a key
// first. Repeats of a held key, keys with Ctrl, Alt or Meta, keys typed into a field and keys behind a dialog are left
// alone, and so is a verdict, by key or by mouse, in the first moment of an alert, for nobody has read it.

const TEXT = ['text', 'search', 'email', 'url', 'number', 'password', 'tel', 'date', 'time'];
const UNREAD_MS = 500;  // within it, a second press is a double one, to every desktop; two drug names and a risk take longer to read (some four words a second)
const PANELS = ['filters', 'plan', 'defer', 'help'];

function typing(event) {
  const at = event.composedPath()[0];
  if (!at || !at.tagName) return false;
  if (at.isContentEditable || at.tagName === 'TEXTAREA' || at.tagName === 'SELECT') return true;
  return at.tagName === 'INPUT' && TEXT.includes(at.type || 'text') && !at.readOnly;
}

function hear(b, event) {
  if (event.key === 'Escape') leave(b, event);
  if (event.repeat && event.key === 'Enter' && event.composedPath()[0].tagName === 'BUTTON') event.preventDefault();  // else a button held is pressed again and again
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (typing(event) || document.querySelector('[role="dialog"][aria-modal="true"]')) return;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  const name = digit && !event.shiftKey ? 'reason' : b.letters[event.key.toLowerCase()];
  if (!name) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  act(b, name, digit ? Number(digit[1]) : 0);
}

// Escape leaves the field that is written in, else closes the panel that is open.
function leave(b, event) {
  const at = event.composedPath()[0];
  const open = PANELS.find((name) => !b.parts[name].hidden);
  if (typing(event) && b.root.contains(at) && !PANELS.some((name) => b.parts[name].contains(at))) at.blur();
  else if (open) toggle(b, open, false);
}

// A list chosen from with the mouse gives the keyboard back to the keys of the review; one moved through by keys keeps it.
function giveKeysBack(b) {
  let byMouse = false;
  b.root.addEventListener('pointerdown', () => { byMouse = true; }, true);
  b.root.addEventListener('keydown', () => { byMouse = false; }, true);
  b.root.addEventListener('change', (event) => {
    if (byMouse && event.target.tagName === 'SELECT' && !event.target.multiple) event.target.blur();
  }, true);  // before what it draws again
}

function act(b, name, digit = 0) {
  const card = cardHere(b);
  if (!card) return;
  if (name in VERDICTS) {
    if (performance.now() - b.paintedAt > UNREAD_MS) judge(b, card, VERDICTS[name]);
  } else if (name === 'next' || name === 'previous') step(b, name === 'next' ? 1 : -1);
  else if (name === 'reason') chooseReason(b, digit);
  else if (name === 'undo') takeBack(b);
  else if (name === 'flag') flagHere(b, card);
  else if (name === 'defer' && card.alert && b.base.reviewer) toggle(b, 'defer');
  else if (name === 'help') toggle(b, 'help');
}

// A verdict is bound to the alert on the screen and given once for each time that it is shown.
function judge(b, card, verdict) {
  if (!card.alert || !b.base.reviewer || card.refused) return;
  if (b.given === b.showing) return;
  b.given = b.showing;
  if (verdict === 'confirmed') b.fields.reason = null;  // reasons say why it is no error
  const seconds = Math.min((Date.now() - b.since) / 1000, 900);
  const before = card.state;
  clearTimeout(b.drafting);
  b.outbox = b.outbox.filter((one) => one.name !== 'draft' || one.subject !== card.alert);
  sessionStorage.removeItem(draftName(b, card.key));
  b.spent.push(seconds);
  const fresh = card.mine ? 0 : 1;  // a correction is no other alert judged
  b.judged += fresh;
  Object.assign(card, { stale: true, state: verdict, mine: true });
  card.draft = { ...b.fields };
  tell(b, say(b, 'saving'), '');
  const made = gesture(b, 'verdict', { alert: card.alert, stay: card.stay, verdict, fields: fieldsToSend(b), seconds, why_shown: card.why.state !== 'wanted' },
    (answer) => { if (!answer.ok) refusedVerdict(b, card, before, fresh, answer); });
  b.trail.push({ key: card.key, made, before, fresh });
  setState(b, card.key, verdict);
  drawSession(b);
  step(b, 1);
}

function refusedVerdict(b, card, before, fresh, answer) {
  Object.assign(card, { state: before, mine: !fresh });
  b.judged -= fresh;
  setState(b, card.key, before);
  drawSession(b);
  tell(b, `${say(b, 'refused')} ${answer.said}`, 'bad');
  b.trail = b.trail.filter((one) => one.key !== card.key);
}

// Whether an alert was judged after the trail had so many verdicts: what the server says of before is then of the past.
const judgedSince = (b, until, key) => b.trail.slice(until).some((one) => one.key === key);

// What stood before the last verdict stands again: nothing, or the verdict that it corrected. The server has the last word.
function takeBack(b) {
  if (!b.base.reviewer) return;
  const last = b.trail.pop();
  if (last) {
    b.spent.pop();
    b.judged -= last.fresh;
    setState(b, last.key, last.before);
    show(b, last.key);
  }
  tell(b, say(b, 'saving'), '');
  const until = b.trail.length;
  gesture(b, 'undo', { of: last?.made || '' }, (answer) => {
    if (!answer.ok || !answer.alert) return;
    if (judgedSince(b, until, answer.alert)) return;
    if (!last && answer.withdrawn) b.judged -= 1;
    setState(b, answer.alert, answer.state);
    drawSession(b);
    b.cards.delete(answer.alert === b.here ? '' : answer.alert);
    if (answer.alert !== b.here) show(b, answer.alert, answer.stay);
    else refresh(b, answer.alert, answer.stay);
  });
}

function flagHere(b, card) {
  if (!card.alert || !b.base.reviewer) return;
  gesture(b, 'flag', { alert: card.alert }, (answer) => {
    if (!answer.ok) return;
    card.flagged = answer.flagged;
    const found = b.rowOf.get(card.key);
    if (found) { found.row.flagged = answer.flagged; setState(b, card.key, found.row.state); }
    if (cardHere(b) === card) drawBadges(b, card);
  });
}

function deferUntil(b, at) {
  const card = cardHere(b);
  card.stale = true;
  gesture(b, 'defer', { alert: card.alert, until: at.toISOString(), shown: local(at) });
  setState(b, card.key, 'deferred');
  step(b, 1);
}
