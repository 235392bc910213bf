// The verdict in fields: proposed by the alert, changed by the pharmacist, kept as a draft here and on the server.

const draftName = (b, key) => `pharmiage-draft-${b.base.reviewer}-${key}`;

function takeFields(b, card) {
  if (!card.alert) { b.fields = {}; return; }
  const here = JSON.parse(sessionStorage.getItem(draftName(b, card.key)) || '{}');
  const there = new Set(card.lines.map((line) => line.id));
  b.fields = { error_type: card.type, lines: [...card.culprits], reason: null, comment: '', ...card.draft, ...here };
  b.fields.lines = (b.fields.lines || []).filter((id) => there.has(id));
}

function keepFields(b) {
  const card = cardHere(b);
  const fields = { ...b.fields };
  card.draft = fields;
  sessionStorage.setItem(draftName(b, card.key), JSON.stringify(fields));
  clearTimeout(b.drafting);
  b.drafting = setTimeout(() => {
    b.outbox = b.outbox.filter((one) => one.name !== 'draft' || one.subject !== card.alert);
    if (b.base.reviewer) gesture(b, 'draft', { subject: card.alert, fields }, (answer) => { if (answer.ok) sessionStorage.removeItem(draftName(b, card.key)); });
  }, 300);
}

const drawForm = (b, card) => keepingFocus(b, b.parts.form, () => drawFormNow(b, card));

function drawFormNow(b, card) {
  if (!card.alert) { fill(b.parts.form); return; }
  const set = (name) => (event) => { b.fields[name] = event.target.value || null; keepFields(b); };
  const type = list({ role: 'error-type', 'aria-label': say(b, 'type'), onchange: set('error_type') }, b.base.codes.error_type, b.fields.error_type);
  fill(b.parts.form, el('label', { class: 'field' }, el('span', {}, say(b, 'type')), type), lineChips(b, card), reasonChips(b, card), more(b, card, set));
}

// The lines at fault are ticked already; the others that run are one click away.
function lineChips(b, card) {
  const by = new Map(card.lines.map((line) => [line.id, line]));
  const rest = card.concerned.filter((id) => by.has(id) && !b.fields.lines.includes(id));
  const whole = (id) => `${by.get(id).name} · ${by.get(id).dosage} · ${by.get(id).from}`;
  const chip = (id, on) => el('button', {
    type: 'button', class: on ? 'chip on' : 'chip', role: `line-${id}`, 'aria-pressed': String(on), title: whole(id),
    onclick: () => { b.fields.lines = on ? b.fields.lines.filter((one) => one !== id) : [...b.fields.lines, id]; keepFields(b); drawForm(b, card); },
  }, el('span', { class: 'drug' }, by.get(id).name), ' ', el('span', { class: 'muted' }, by.get(id).dose));
  const add = rest.length ? chooser({ class: 'add', role: 'add-line', 'aria-label': say(b, 'add_line'), onchange: (event) => {
    b.fields.lines = [...b.fields.lines, event.target.value];
    keepFields(b);
    drawForm(b, card);
  } }, rest.map((id) => [id, whole(id)]), '', say(b, 'add_line')) : null;
  return el('div', { class: 'field', aria: 'group', 'aria-label': say(b, 'lines_involved') }, el('span', {}, say(b, 'lines_involved')),
    el('div', { class: 'chips' }, b.fields.lines.map((id) => chip(id, true)), add));
}

function reasonChips(b, card) {
  return el('div', { class: 'field wide', aria: 'group', 'aria-label': say(b, 'reason') }, el('span', {}, say(b, 'reason')),
    el('div', { class: 'chips reasons-of' }, b.base.codes.reason.map(([code, words], i) => el('button', {
      type: 'button', class: b.fields.reason === code ? 'chip on' : 'chip', role: `reason-${code}`, 'aria-pressed': String(b.fields.reason === code),
      onclick: () => chooseReason(b, i + 1),
    }, el('kbd', {}, String(i + 1)), words))));
}

function chooseReason(b, digit) {
  const card = cardHere(b);
  const found = b.base.codes.reason[digit - 1];
  if (!card || !card.alert || !found) return;
  b.fields.reason = b.fields.reason === found[0] ? null : found[0];
  keepFields(b);
  drawForm(b, card);
}

// How many of the further fields are filled stands beside their name, and follows what is written.
function more(b, card, set) {
  const names = [...Object.keys(b.base.codes.more), 'comment'];
  const summary = el('summary', { role: 'more-open' });
  const count = () => {
    const filled = names.filter((name) => ![null, undefined, ''].includes(b.fields[name])).length;
    fill(summary, say(b, 'more'), filled ? [' ', el('span', { class: 'count' }, String(filled))] : '');
  };
  const setMore = (name) => (event) => { set(name)(event); count(); };
  const selects = Object.entries(b.base.codes.more).map(([name, { label, codes }]) => el('label', { class: 'field' }, el('span', {}, label),
    list({ role: name, onchange: setMore(name) }, codes, b.fields[name], say(b, 'not_given'))));
  const comment = el('textarea', { rows: '2', maxlength: '2000', role: 'comment', placeholder: say(b, 'comment_hint'), oninput: setMore('comment'), value: b.fields.comment || '' });
  count();
  return el('details', { role: 'more', open: b.more, ontoggle: (event) => { b.more = event.target.open; } },
    summary, el('div', { class: 'grid2' }, selects), el('label', { class: 'field' }, el('span', {}, say(b, 'comment')), comment));
}

const NUMBERS = ['clinical_impact', 'economic_impact', 'organisational_impact', 'analysis_level'];

// Numbers travel as numbers: a select gives text back.
function fieldsToSend(b) {
  const sent = { ...b.fields };
  for (const name of NUMBERS) if (sent[name] !== null && sent[name] !== undefined && sent[name] !== '') sent[name] = Number(sent[name]);
  return sent;
}
