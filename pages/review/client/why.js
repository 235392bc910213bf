// Reasons: the plain sentence, then tabs of shares, remedies, reference and what was not checked.

const FULL = 3;  // logit of a full bar at least, the odds times twenty: what weighs little in every alert looks so
const TABS = ['why', 'whatif', 'reference', 'unchecked', 'missed'];

function buildReasons(b) {
  b.parts.sentence = el('div', { class: 'sentence', role: 'sentence' });
  b.parts.tabs = el('div', { class: 'tabs', aria: 'tablist', 'aria-label': say(b, 'reasons') });
  b.parts.tab = el('div', { class: 'tab', aria: 'tabpanel', id: 'tab-panel', tabindex: '0' });
  b.parts.form = el('div', { class: 'form', role: 'form' });
  b.parts.help = el('div', { class: 'help', role: 'help', hidden: true });
  return el('section', { class: 'reasons', 'aria-label': say(b, 'reasons') },
    b.parts.sentence, b.parts.help, b.parts.tabs, b.parts.tab, b.parts.form);
}

function drawReasons(b) {
  const card = cardHere(b);
  if (!card) return;
  if (card.refused) {
    fill(b.parts.sentence, el('p', { class: 'warning' }, card.refused));
    fill(b.parts.tabs); fill(b.parts.tab); fill(b.parts.form);
    return;
  }
  drawSentence(b, card);
  drawTabs(b, card);
  drawForm(b, card);
}

const drawSentence = (b, card) => keepingFocus(b, b.parts.sentence, () => drawSentenceNow(b, card));

function drawSentenceNow(b, card) {
  const pick = card.alerts.length > 1 || (card.alerts.length && !card.alert)
    ? chooser({ role: 'alerts-of-stay', 'aria-label': say(b, 'alerts_of_stay'), onchange: (event) => show(b, event.target.value, card.stay) },
      card.alerts.map((one) => [one.key, one.words]), card.key, card.alert ? undefined : say(b, 'alerts_of_stay'))
    : null;
  const told = card.alert ? el('p', {}, rich(card.sentence)) : el('p', {}, say(b, 'no_alert'));
  fill(b.parts.sentence, pick, told, (card.judged || []).map((one) => el('p', { class: 'muted judged' }, one)));
}

function drawTabs(b, card) {
  const there = card.alert ? TABS : ['missed', 'unchecked'];
  const now = there.includes(b.tab) ? b.tab : there[0];
  keepingFocus(b, b.parts.tabs, () => fill(b.parts.tabs, there.map((name) => el('button', {
    type: 'button', aria: 'tab', role: `tab-${name}`, id: `tab-${name}`, 'aria-selected': String(name === now), 'aria-controls': 'tab-panel', tabindex: name === now ? '0' : '-1',
    onclick: () => { b.tab = name; drawTabs(b, card); }, onkeydown: (event) => tabKeys(b, card, there, now, event),
  }, say(b, `tab_${name}`)))));
  b.parts.tab.setAttribute('aria-labelledby', `tab-${now}`);
  const draw = { why: drawWhy, whatif: drawWhatif, reference: drawReference, unchecked: drawUnchecked, missed: drawMissed };
  draw[now](b, card);
}

function tabKeys(b, card, there, now, event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  b.tab = there[(there.indexOf(now) + by + there.length) % there.length];
  drawTabs(b, card);
  b.parts.tabs.querySelector('[aria-selected="true"]').focus();
}

function drawWhy(b, card) {
  const why = card.why;
  if (why.state === 'wanted') {
    fill(b.parts.tab, el('p', { class: 'muted' }, why.failed || say(b, 'computing')));
    return;
  }
  if (why.state === 'said') {
    fill(b.parts.tab, el('p', { class: why.warning ? 'warning' : 'note' }, why.text));
    return;
  }
  const reach = Math.max(FULL, ...[...why.lines, ...why.features].map((one) => Math.abs(one[1])));  // of both: they are in one unit
  fill(b.parts.tab,
    why.lines.length ? bars(b, say(b, 'shares'), why.lines, reach) : null,
    why.features.length ? bars(b, why.features_title, why.features, reach) : null,
    why.pairs.length ? el('div', {}, el('h3', { title: say(b, 'pairs_help') }, say(b, 'pairs')), el('ul', {}, why.pairs.map((one) => el('li', {}, rich(one))))) : null,
    why.notes.map((one) => el('p', { class: 'muted small' }, one)));
}

// Signed shares: right raises the risk, left lowers it; the sign is written too.
function bars(b, title, shares, reach) {
  return el('div', { class: 'bars', title: say(b, 'shares_help') }, el('h3', {}, title), el('ul', {}, shares.map(([name, value, guilty]) => {
    const wide = (Math.abs(value) / reach) * 50;
    const size = numbered(b, Math.abs(value));
    const sign = size === '0' ? '' : value < 0 ? '−' : '+';
    return el('li', {}, el('span', { class: 'name', title: name }, guilty ? '◆ ' : '', name),
      el('span', { class: 'track', 'aria-hidden': 'true' }, el('span', { class: value < 0 ? 'less' : 'more', style: `width:${wide}%;${value < 0 ? 'right' : 'left'}:50%` })),
      el('span', { class: 'value' }, `${sign}${size}`));
  })));
}

function drawReference(b, card) {
  fill(b.parts.tab, el('p', {}, rich(card.reference.origin)), el('ul', {}, card.reference.told.map((one) => el('li', {}, rich(one)))),
    el('p', { class: 'muted small' }, card.reference.edition));
}

function drawUnchecked(b, card) {
  fill(b.parts.tab, el('ul', {}, card.unchecked.map((one) => el('li', {}, rich(one)))));
}

// An error that nothing flagged, on any line of the stay.
function drawMissed(b, card) {
  const lines = card.lines.map((line) => [line.id, `${line.name} · ${line.dosage} · ${line.from}`]);
  const line = list({ role: 'missed-line' }, lines, '', say(b, 'choose'));
  const kind = list({ role: 'missed-type' }, b.base.codes.error_type, '', say(b, 'choose'));
  const comment = el('textarea', { rows: '2', maxlength: '2000', placeholder: say(b, 'comment_hint') });
  const partners = el('select', { multiple: true, size: Math.min(5, Math.max(lines.length, 2)), role: 'missed-with' }, options(lines, ''));
  const note = el('p', { class: 'muted small', 'aria-live': 'polite' });
  const save = () => {
    if (!line.value || !kind.value) { fill(note, say(b, 'missed_incomplete')); return; }
    const chosen = [...partners.selectedOptions].map((option) => option.value);
    gesture(b, 'missed', { stay: card.stay, line: line.value, partners: chosen, error_type: kind.value, comment: comment.value },
      (answer) => { if (answer.ok) { line.value = ''; kind.value = ''; comment.value = ''; fill(note, answer.said); } });
    fill(note, say(b, 'saving'));
  };
  const field = (name, node) => el('label', { class: 'field' }, el('span', {}, say(b, name)), node);
  fill(b.parts.tab, el('p', { class: 'muted small' }, say(b, 'missed_why')), field('missed_line', line), field('missed_with', partners),
    field('type', kind), field('comment', comment),
    el('div', { class: 'tools' }, el('button', { type: 'button', role: 'missed-save', disabled: !b.base.reviewer, onclick: save }, say(b, 'missed_save'))), note);
}
