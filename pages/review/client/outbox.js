// What has been done waits here until the server has acknowledged it. One message is under way at a time; each
// carries all that is not acknowledged, so that nothing is lost when one does not arrive, and the server writes
// each token once. The outbox outlives a reload of the tab.

const RETRY_MS = 2500;

const boxName = (b) => `pharmiage-outbox-${b.base.reviewer}`;

function openOutbox(b) {
  b.outbox = JSON.parse(sessionStorage.getItem(boxName(b)) || '[]');
  b.outbox.forEach((gesture) => { gesture.since = Date.now(); });
}

function keepOutbox(b) {
  sessionStorage.setItem(boxName(b), JSON.stringify(b.outbox));
  document.documentElement.dataset.reviewUnsaved = b.outbox.length;
}

function gesture(b, name, content, after) {
  const made = { token: token(), name, since: Date.now(), ...content };
  b.after.set(made.token, after || (() => {}));
  b.outbox.push(made);
  keepOutbox(b);
  post(b);
  return made.token;
}

function ask(b, name, content, after) {
  const id = ++b.asked;
  b.questions.push({ id, name, ...content });
  b.after.set(String(id), after);
  post(b);
}

const asking = (b, name) => b.questions.some((question) => question.name === name);

// What is wished of the page itself (another language) goes with every message until the page has changed.
function post(b) {
  if (!b.base || !b.root.isConnected || b.underWay) return;
  if (!b.outbox.length && !b.questions.length && !b.wish && !b.back) return;
  b.underWay = true;
  clearTimeout(b.retry);
  b.retry = setTimeout(() => { b.underWay = false; b.missed += 1; tellOffline(b); post(b); }, RETRY_MS);
  const gestures = b.outbox.map(({ since, ...rest }) => rest);
  try {
    b.send('sent', { gestures, questions: b.questions, got: b.run, n: ++b.sent, language: b.wish, whole: b.back });
  } catch (error) {
    console.warn('pharmiage: not sent', error);  // said on the screen by the retry
  }
}

function arrived(b, replies) {
  clearTimeout(b.retry);
  b.underWay = false;
  b.missed = 0;
  for (const reply of replies) {
    for (const [id, answer] of Object.entries(reply.acks || {})) {
      const before = b.outbox.length;
      const made = b.outbox.find((one) => one.token === id);
      b.outbox = b.outbox.filter((one) => one.token !== id);
      if (before !== b.outbox.length) acknowledged(b, made, answer);
    }
    for (const [id, answer] of Object.entries(reply.answers || {})) {
      if (!b.questions.some((one) => String(one.id) === id)) continue;
      b.questions = b.questions.filter((one) => String(one.id) !== id);
      const then = b.after.get(id);
      b.after.delete(id);
      if (then) then(answer);
    }
  }
  keepOutbox(b);
  tellOffline(b);
  post(b);
}

function acknowledged(b, made, answer) {
  const then = b.after.get(made.token);
  b.after.delete(made.token);
  if (answer.said) tell(b, answer.said, answer.ok ? 'good' : 'bad');
  if (then) then(answer);
}

// Several messages in a row without an answer: said plainly, with what is kept.
function tellOffline(b) {
  const oldest = Math.min(...b.outbox.map((one) => one.since));
  const away = (b.outbox.length && Date.now() - oldest > RETRY_MS - 100) || b.missed > 1;
  b.root.toggleAttribute('data-offline', Boolean(away));
  const said = ['offline_none', 'offline_one'][b.outbox.length] || 'offline';
  fill(b.parts.offline, away ? say(b, said, { count: b.outbox.length }) : '');
}
