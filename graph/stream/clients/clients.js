// Subscribes with the usual clients, changes things, kills the server with
// SIGKILL and starts it again, ends it with SIGTERM and starts it again, and
// compares what each client received with the log: node clients.js <binary>.
import { Server } from "./server.js";
import { subscribers } from "./subscribers.js";

const binary = process.argv[2] ?? "bin/augmentedos";
const port = process.env.AOS_TEST_PORT ?? 18081;
const changesPerRound = 40;

const server = new Server(binary, port);
async function run() {
  const { workflowEventTriggers } = await server.query("{ workflowEventTriggers(first: 5) { nodes { id } endPosition } }");
  const triggers = workflowEventTriggers.nodes.map((node) => node.id);
  const start = workflowEventTriggers.endPosition;
  const clients = Object.entries(subscribers).map(([name, subscribe]) => open(name, subscribe, start));

  await toggle(triggers);
  let connections = 1;
  for (const signal of ["SIGKILL", "SIGTERM"]) {
    let ended;
    await toggle(triggers, (round) => {
      if (round === changesPerRound / 2) ended = server.stop(signal);
    });
    await ended;
    await server.start();
    await toggle(triggers);
    connections++;
    // A client may rest longer than a restart takes; the next one waits for it.
    for (const client of clients) await client.until(() => client.connected >= connections);
  }
  const { statusChanges } = await server.query(
    "query($after: Cursor) { statusChanges(after: $after, filter: {kinds: [WORKFLOW_EVENT_TRIGGER]}, batches: 1000) { cursor oldStatus newStatus } }",
    { after: start },
  );
  const expected = statusChanges.map(text);
  let right = true;
  for (const client of clients) {
    await client.until(() => client.received.length >= expected.length);
    client.close();
    const lost = expected.filter((c) => !client.received.includes(c)).length;
    const twice = client.received.length - new Set(client.received).size;
    const inOrder = client.received.every((c, i) => c === expected[i]);
    const holds = lost === 0 && twice === 0 && inOrder && client.resyncs === 0 && client.connected >= connections;
    right &&= holds;
    console.log(
      `${holds ? "ok  " : "FAIL"} ${client.name}: ${expected.length} changes, ${client.received.length} received, ${lost} lost, ${twice} twice,` +
        ` ${inOrder ? "in order" : "OUT OF ORDER"}, ${client.resyncs} resyncs, ${client.connected} connections`,
    );
  }
  return right && expected.length > 0;
}

const text = (change) => `${place(change.cursor)} ${change.oldStatus} ${change.newStatus}`;

// place is what a cursor points to. Soon after a list it also remembers the
// snapshot of that list, for longer when the batches between concern nobody.
function place(cursor) {
  const { s, ...point } = JSON.parse(Buffer.from(cursor, "base64url"));
  return JSON.stringify(point);
}

// open starts a client; it counts as connected each time that it caught up.
function open(name, subscribe, after) {
  const client = { name, received: [], resyncs: 0, connected: 0 };
  const variables = { after };
  client.close = subscribe(server.url, variables, (event) => {
    variables.after = event.cursor;
    if (event.__typename === "FeedChanges") client.received.push(...event.changes.map(text));
    if (event.__typename === "FeedResync") client.resyncs++;
    if (event.__typename === "FeedCaughtUp") client.connected++;
  });
  client.until = async (holds) => {
    const end = Date.now() + 30_000;
    while (!holds() && Date.now() < end) await new Promise((done) => setTimeout(done, 20));
  };
  return client;
}

// toggle switches triggers, some at the same time, until it is done or the
// server is gone.
async function toggle(triggers, onRound = () => {}) {
  const set = "mutation($id: ID!, $on: Boolean!) { workflowEventTriggerSetEnabled(input: {id: $id, enabled: $on}) { userErrors { message } } }";
  for (let i = 0; i < changesPerRound; i++) {
    onRound(i);
    try {
      await Promise.all(triggers.map((id) => server.query(set, { id, on: i % 2 === 1 })));
    } catch (error) {
      if (error.cause) return; // the connection broke: the server was killed
      throw error;
    }
  }
}

await server.start();
try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  console.error(error, server.log);
  process.exitCode = 1;
} finally {
  await server.remove();
}
process.exit();
