// The live page, and a template for your own: plain EventSource, no library, no build step.
//
// A subscription is a GET request whose answer does not end. The browser reconnects by itself and sends the id of the last
// event it saw, which is the place in the feed: statusFeed goes on exactly there. The live lists and the numbers begin with a
// new snapshot instead. Browsers open six such connections to one server at most, for all tabs together, unless it speaks HTTP/2.

const $ = (id) => document.getElementById(id);

// subscribe calls next with each event. A server that answered with an error is asked again after a while.
function subscribe(query, next, variables = {}) {
  const url = `graphql?query=${encodeURIComponent(query)}&variables=${encodeURIComponent(JSON.stringify(variables))}`;
  const source = new EventSource(url);
  const again = () => {
    source.close();
    setTimeout(subscribe, 3000, query, next, variables);
  };
  source.addEventListener('open', () => connected(source, 'live'));
  source.addEventListener('next', (event) => {
    if (event.lastEventId) variables = { ...variables, after: event.lastEventId };
    const { data, errors } = JSON.parse(event.data);
    if (data) next(data);
    else console.warn('the subscription was refused', errors);
  });
  source.addEventListener('complete', again);
  source.addEventListener('error', () => {
    connected(source, 'lost');
    if (source.readyState === EventSource.CLOSED) again();
  });
}

const states = new Map();
function connected(source, state) {
  states.set(source, state);
  for (const other of states.keys()) if (other.readyState === EventSource.CLOSED) states.delete(other);
  $('link').dataset.state = [...states.values()].includes('lost') || states.size === 0 ? 'lost' : 'live';
  tick();
}

// Times are told as "3 minutes ago", and told again as they pass.
let moved; // when the last change came
const spans = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
function ago(time) {
  const seconds = Math.max(0, (Date.now() - new Date(time)) / 1000);
  const [unit, length] = spans.find(([, length]) => seconds >= length) ?? spans.at(-1);
  return relative.format(-Math.floor(seconds / length), unit);
}
function tick() {
  const lost = $('link').dataset.state === 'lost';
  $('link').textContent = lost ? 'connection lost, trying again' : moved ? `connected, last change ${ago(moved)}` : 'connected';
  for (const time of document.querySelectorAll('time')) time.textContent = ago(time.dateTime);
}
setInterval(tick, 1000);

async function ask(query) {
  const response = await fetch('graphql', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  if (!data) throw new Error(errors?.[0]?.message ?? `status ${response.status}`);
  return data;
}

// Each kind of object has its own statuses; a page needs a few colours.
const tones = {
  pending: ['CREATED', 'PENDING', 'NOT_STARTED', 'SKIPPED', 'UNKNOWN'], active: ['RUNNING', 'REPROCESSING'],
  waiting: ['WAITING_FOR_EVENT', 'WAITING', 'ASSIGNED'], succeeded: ['COMPLETED', 'RESOLVED'],
  failed: ['FAILED', 'TIMED_OUT'], cancelled: ['CANCELLED', 'DISCARDED', 'COMPENSATED'],
};
const tone = (status) => Object.keys(tones).find((name) => tones[name].includes(status)) ?? 'pending';
const words = (status) => status.toLowerCase().replaceAll('_', ' ');

function element(tag, { tone: colour, ...properties } = {}, ...children) {
  const e = Object.assign(document.createElement(tag), properties);
  if (colour) e.dataset.tone = colour;
  e.append(...children);
  return e;
}

// The numbers.
subscribe(`subscription Numbers { statsLive(everyMs: 1000) {
  workflowInstances { status count } taskInstances { status count } deadLetters { status count } queueDepth
} }`, ({ statsLive: s }) => {
  show('runs', s.workflowInstances);
  show('tasks', s.taskInstances);
  show('letters', s.deadLetters.map((c) => (c.status === 'PENDING' ? { ...c, tone: 'failed' } : c)));
  $('queue').querySelector('.total').textContent = Number(s.queueDepth).toLocaleString();
});

function show(id, counts) {
  const order = Object.keys(tones);
  counts = counts.map((c) => ({ tone: tone(c.status), ...c, count: Number(c.count) }))
    .sort((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone));
  const box = $(id);
  box.querySelector('.total').textContent = counts.reduce((n, c) => n + c.count, 0).toLocaleString();
  box.querySelector('.bar').replaceChildren(...counts.map((c) => {
    const part = element('i', { tone: c.tone, title: `${c.count} ${words(c.status)}` });
    part.style.flexGrow = c.count;
    return part;
  }));
  box.querySelector('.legend').replaceChildren(...counts.map((c) => element('li', { tone: c.tone }, `${c.count.toLocaleString()} ${words(c.status)}`)));
}

// The runs that moved last, the newest on top.
const shown = 14;
subscribe(`subscription Runs { workflowInstancesLive(first: ${shown}, orderBy: UPDATED_AT_DESC) { snapshot left nodes {
  id status correlationId instanceId updatedAt definition { name } progress { completed total steps { stepId name status } }
} } }`, ({ workflowInstancesLive: e }) => {
  const list = $('moving');
  if (e.snapshot) list.replaceChildren();
  else moved = Date.now();
  for (const id of e.left) $(id)?.remove();
  for (const run of e.nodes.sort((a, b) => a.updatedAt.localeCompare(b.updatedAt))) {
    $(run.id)?.remove();
    list.prepend(row(run, !e.snapshot));
  }
  while (list.children.length > shown) list.lastChild.remove();
});

// The explorer takes an operation behind the # of its address.
const inExplorer = (run) => `./#${new URLSearchParams({
  query: `query Run($id: String!) {
  workflowInstance(instanceId: $id) {
    status
    definition { name version }
    progress { completed total }
    tasks { nodes { stepId status assignee } }
    subscriptions { nodes { eventPattern status } }
  }
}`,
  variables: JSON.stringify({ id: run.instanceId }, null, 2),
})}`;

function row(run, news) {
  const { completed, total, steps } = run.progress;
  const at = steps.find((s) => ['RUNNING', 'WAITING', 'FAILED'].includes(s.status));
  return element('li', { id: run.id, className: news ? 'news' : '' },
    element('div', {},
      element('a', { className: 'name', href: inExplorer(run), title: 'Open in the explorer', textContent: run.definition?.name ?? run.instanceId }),
      element('div', { className: 'note', textContent: run.correlationId ?? run.instanceId, title: run.instanceId })),
    element('div', {},
      element('div', { className: 'strip', role: 'img', ariaLabel: `${completed} of ${total} steps done` }, ...steps.map((s) => element('i', {
        tone: tone(s.status), title: `${s.name ?? s.stepId}: ${words(s.status)}`, className: s.status === 'RUNNING' ? 'now' : '',
      }))),
      element('div', { className: 'note', textContent: at ? at.name ?? at.stepId : `${completed} of ${total} steps` })),
    element('span', { className: 'pill', tone: tone(run.status), textContent: words(run.status) }));
}

// What went wrong: first a list, then what happens after its place in the feed, so nothing is missing and nothing comes twice.
// Fields of different types need names of their own where their types differ.
const fields = {
  WorkflowInstance: 'id updatedAt instanceId definition { name } error { message }',
  TaskInstance: 'id updatedAt taskReference task: definition { name } cause: error { message }',
  DeadLetter: 'id updatedAt pattern subscriberId errorMessage',
};

async function followTrouble() {
  const { workflowInstances: runs, deadLetters: letters } = await ask(`{
    workflowInstances(where: {status: {eq: FAILED}}, orderBy: UPDATED_AT_DESC, first: 6) { endPosition nodes { __typename ${fields.WorkflowInstance} } }
    deadLetters(where: {status: {eq: PENDING}}, orderBy: UPDATED_AT_DESC, first: 6) { nodes { __typename ${fields.DeadLetter} } }
  }`);
  $('trouble').replaceChildren();
  const known = [...runs.nodes, ...letters.nodes].sort((a, b) => a.updatedAt.localeCompare(b.updatedAt));
  for (const node of known) tell(node, node.updatedAt, false);
  subscribe(`subscription Trouble($after: Cursor) { statusFeed(after: $after, mode: LATEST, filter: {
    kinds: [WORKFLOW_INSTANCE, TASK_INSTANCE, DEAD_LETTER], newStatus: ["FAILED", "TIMED_OUT", "PENDING"], what: [INSERTED, STATUS]
  }) { __typename cursor ... on FeedChanges { changes { kind newStatus at node { __typename
    ${Object.entries(fields).map(([type, selected]) => `... on ${type} { ${selected} }`).join(' ')}
  } } } } }`, ({ statusFeed: e }) => {
    if (e.__typename === 'FeedResync') location.reload(); // the place is lost: begin again with the list
    for (const c of e.changes ?? []) if (c.node && (c.kind === 'DEAD_LETTER') === (c.newStatus === 'PENDING')) tell(c.node, c.at, true);
  }, { after: runs.endPosition });
}

function tell(node, at, news) {
  const list = $('trouble');
  const letter = node.__typename === 'DeadLetter';
  const name = letter ? node.pattern ?? 'an event' : (node.definition ?? node.task)?.name ?? node.instanceId ?? node.id;
  const about = letter ? `dead letter of ${node.subscriberId ?? 'nobody'}` : node.instanceId ?? node.taskReference;
  list.prepend(element('li', { tone: letter ? 'waiting' : 'failed', className: news ? 'news' : '' },
    element('div', { className: 'name', textContent: name }),
    element('div', { className: 'note', textContent: node.errorMessage ?? (node.error ?? node.cause)?.message ?? 'failed' }),
    element('div', { className: 'note', title: about ?? '' },
      element('time', { dateTime: at, textContent: ago(at), title: new Date(at).toLocaleString() }), about ? ` · ${about}` : '')));
  while (list.children.length > 12) list.lastChild.remove();
}

// The list needs an answer, so a server that is down is asked again.
(function begin() {
  followTrouble().catch((error) => {
    console.info('asking again:', error.message);
    setTimeout(begin, 3000);
  });
})();
