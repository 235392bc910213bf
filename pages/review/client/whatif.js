// A remedy tried: today beside tomorrow, and the intervention that it stands for taken into the verdict.

const drawWhatif = (b, card) => keepingFocus(b, b.parts.tab, () => drawWhatifNow(b, card));

function drawWhatifNow(b, card) {
  if (!card.remedies) {
    fill(b.parts.tab, el('p', { class: 'muted' }, say(b, 'loading')));
    if (!card.asked_remedies) {
      card.asked_remedies = true;
      ask(b, 'remedies', { stay: card.stay, alert: card.alert }, (answer) => {
        if (!answer.ok) return fill(b.parts.tab, el('p', { class: 'warning' }, answer.said));
        card.remedies = answer.remedies;
        return cardHere(b) === card && b.tab === 'whatif' ? drawWhatif(b, card) : null;
      });
    }
    return;
  }
  card.trial = card.trial || { kind: '', line_id: '', value: '' };
  const kinds = el('div', { class: 'chips', aria: 'group', 'aria-label': say(b, 'remedy') }, card.remedies.kinds.map(([kind, words]) => el('button', {
    type: 'button', role: `remedy-${kind}`, 'aria-pressed': String(kind === card.trial.kind),
    onclick: () => choose(b, card, kind, card.trial.line_id),
  }, words)));
  const hint = !card.trial.kind ? 'remedy_hint' : waits(card) && offerOf(card).of.length ? 'remedy_value' : '';
  b.parts.compared = el('div', { role: 'compared', 'aria-live': 'polite' }, hint ? el('p', { class: 'muted small' }, say(b, hint)) : '');
  fill(b.parts.tab, kinds, trialFields(b, card), b.parts.compared);
  if (card.trial.kind && card.trial.answer) drawCompared(b, card);
}

// Another remedy or another line: the line is kept where the remedy fits it, the value is the one proposed, if any.
function choose(b, card, kind, wanted) {
  const lines = card.remedies.lines[kind];
  const line = !lines || lines.some(([id]) => id === wanted) ? wanted : lines[0][0];
  card.trial = { kind, line_id: line, value: '' };
  card.trial.value = offerOf(card)?.preset || '';
  drawWhatif(b, card);
  tryOut(b, card);
}

function offerOf(card) {
  const { kind, line_id: line } = card.trial;
  const offer = card.remedies.values[kind];
  return offer && (card.remedies.lines[kind] ? offer[line] : offer);
}

const waits = (card) => Boolean(offerOf(card)) && !card.trial.value;

function trialFields(b, card) {
  const { kind } = card.trial;
  if (!kind) return null;
  const take = (event) => {
    card.trial = { ...card.trial, answer: null, value: event.target.value };
    drawWhatif(b, card);
    tryOut(b, card);
  };
  const parts = [];
  if (card.remedies.lines[kind]) {
    parts.push(el('label', { class: 'field' }, el('span', {}, say(b, 'line')),
      list({ role: 'remedy-line', onchange: (event) => choose(b, card, kind, event.target.value) },
        card.remedies.lines[kind], card.trial.line_id)));
  }
  const offer = offerOf(card);
  if (offer && offer.of.length) {
    const none = offer.preset ? undefined : say(b, 'choose');
    parts.push(el('label', { class: 'field' }, el('span', {}, card.remedies.labels[kind]),
      list({ role: 'remedy-value', onchange: take }, offer.of, card.trial.value, none)));
  }
  if (offer && !offer.of.length) parts.push(el('p', { class: 'note' }, say(b, 'no_alternative')));
  return el('div', { class: 'fields' }, parts);
}

function tryOut(b, card) {
  const { kind, line_id: line, value } = card.trial;
  b.questions = b.questions.filter((one) => one.name !== 'tryout');
  if (waits(card)) return;
  const parameter = card.remedies.parameter[kind];
  const remedy = { kind, line_id: card.remedies.lines[kind] ? line : '', ...(parameter ? { [parameter]: value } : {}) };
  const mine = card.trial;
  ask(b, 'tryout', { alert: card.alert, remedy }, (answer) => {
    mine.answer = answer;
    if (cardHere(b) === card && card.trial === mine && b.tab === 'whatif') drawCompared(b, card);
  });
}

function drawCompared(b, card) {
  const { answer } = card.trial;
  if (!answer.ok) { fill(b.parts.compared, el('p', { class: 'warning' }, answer.said)); return; }
  const found = answer.compared;
  const arrow = { down: '↓', up: '↑', same: '=' };
  const rows = found.rows.map((row) => el('tr', { class: row.way }, el('th', { scope: 'row' }, row.title), el('td', {}, row.today),
    el('td', {}, el('span', { 'aria-hidden': 'true' }, `${arrow[row.way]} `), row.tomorrow)));
  const heads = ['measure_now', 'today', 'tomorrow'].map((name) => el('th', { scope: 'col' }, say(b, name)));
  const take = () => {
    b.fields.intervention_type = found.intervention;
    keepFields(b);
    drawForm(b, card);
    tell(b, found.chosen, 'good');
  };
  fill(b.parts.compared, found.warnings.map((one) => el('p', { class: 'warning' }, rich(one))),
    el('table', { class: 'beside' }, el('thead', {}, el('tr', {}, heads)), el('tbody', {}, rows)),
    el('button', { type: 'button', role: 'remedy-keep', disabled: !b.base.reviewer, onclick: take }, found.choose),
    found.notes.map((one) => el('p', { class: 'muted small' }, one)));
}
