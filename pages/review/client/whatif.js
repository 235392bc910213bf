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
  card.trial = card.trial || { kind: '', line_id: card.remedies.lines[0]?.[0] || '', value: '' };
  const kinds = el('div', { class: 'chips', aria: 'group', 'aria-label': say(b, 'remedy') }, card.remedies.kinds.map(([kind, words]) => el('button', {
    type: 'button', role: `remedy-${kind}`, 'aria-pressed': String(kind === card.trial.kind),
    onclick: () => { card.trial = { kind, line_id: card.trial.line_id, value: '' }; drawWhatif(b, card); tryOut(b, card); },
  }, words)));
  b.parts.compared = el('div', { role: 'compared', 'aria-live': 'polite' }, card.trial.kind ? '' : el('p', { class: 'muted small' }, say(b, 'remedy_hint')));
  fill(b.parts.tab, kinds, trialFields(b, card), b.parts.compared);
  if (card.trial.kind && card.trial.answer) drawCompared(b, card);
}

function valuesOf(card) {
  const { kind, line_id: line } = card.trial;
  const values = card.remedies.values[kind];
  return Array.isArray(values) ? values : values ? values[line] || [] : null;
}

function trialFields(b, card) {
  const { kind } = card.trial;
  if (!kind) return null;
  const change = (name) => (event) => {
    card.trial = { ...card.trial, answer: null, [name]: event.target.value, ...(name === 'line_id' ? { value: '' } : {}) };
    drawWhatif(b, card);
    tryOut(b, card);
  };
  const parts = [];
  if (card.remedies.on_a_line.includes(kind)) {
    parts.push(el('label', { class: 'field' }, el('span', {}, say(b, 'line')),
      list({ role: 'remedy-line', onchange: change('line_id') }, card.remedies.lines, card.trial.line_id)));
  }
  const values = valuesOf(card);
  if (values && values.length) {
    card.trial.value = card.trial.value || values[0][0];
    parts.push(el('label', { class: 'field' }, el('span', {}, card.remedies.labels[kind]),
      list({ role: 'remedy-value', onchange: change('value') }, values, card.trial.value)));
  }
  if (values && !values.length) parts.push(el('p', { class: 'note' }, say(b, 'no_alternative')));
  return el('div', { class: 'fields' }, parts);
}

function tryOut(b, card) {
  const { kind, line_id: line, value } = card.trial;
  const values = valuesOf(card);
  if (values && !values.length) return;
  const parameter = card.remedies.parameter[kind];
  const remedy = { kind, line_id: card.remedies.on_a_line.includes(kind) ? line : '', ...(parameter ? { [parameter]: value } : {}) };
  const mine = card.trial;
  b.questions = b.questions.filter((one) => one.name !== 'tryout');
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
  fill(b.parts.compared, el('table', { class: 'beside' }, el('thead', {}, el('tr', {}, heads)), el('tbody', {}, rows)),
    found.rises.map((one) => el('p', { class: 'warning' }, one)),
    el('button', { type: 'button', role: 'remedy-keep', disabled: !b.base.reviewer, onclick: take }, found.choose),
    found.notes.map((one) => el('p', { class: 'muted small' }, one)));
}
