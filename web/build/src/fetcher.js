// Sends operations: queries and mutations over POST, subscriptions over WebSocket (graphql-transport-ws), or over
// server-sent events where something between browser and server does not let a WebSocket through.
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { Kind, parse } from 'graphql';
import { createClient } from 'graphql-ws';

export function createFetcher(url) {
  const post = createGraphiQLFetcher({ url: url.href, fetch: fetchJSON, enableIncrementalDelivery: false });
  return (sent, options) => {
    const { request, operation } = chosenOperation(sent);
    if (operation?.operation !== 'subscription') return post(request, options);
    return { subscribe: (observer) => subscribe(url, request, options?.headers, observer) };
  };
}

// chosenOperation finds the operation that is meant. For a tenth of a second after a tab was opened, GraphiQL still
// names the operation of the tab before it; the only operation of a document is meant whatever its name.
function chosenOperation(request) {
  let operations;
  try {
    operations = parse(request.query).definitions.filter((d) => d.kind === Kind.OPERATION_DEFINITION);
  } catch {
    return { request }; // the server explains syntax errors
  }
  if (operations.length !== 1) {
    return { request, operation: operations.find((o) => o.name?.value === request.operationName) };
  }
  return { request: { ...request, operationName: operations[0].name?.value }, operation: operations[0] };
}

// fetchJSON turns an answer that is not GraphQL (a proxy's error page) into a sentence instead of a parser error.
async function fetchJSON(url, init) {
  const response = await fetch(url, init);
  if (/json/.test(response.headers.get('content-type') ?? '')) return response;
  const text = (await response.text()).trim().slice(0, 500);
  throw new Error(`The server answered ${response.status} ${response.statusText}: ${text}`);
}

// subscribe returns an observable's subscription rather than an async iterator: an iterator that waits for the next
// event could be stopped only after that event.
function subscribe(url, request, headers, observer) {
  let stop = overSocket(url, request, headers, observer, () => {
    stop = overEvents(url, request, headers, observer);
  });
  return { unsubscribe: () => stop() };
}

function overSocket(url, request, headers, observer, unreachable) {
  let connected = false;
  let stopped = false;
  const socket = new URL(url);
  socket.protocol = url.protocol.replace('http', 'ws');
  const client = createClient({
    url: socket.href,
    connectionParams: headers,
    retryAttempts: 0, // a stream that broke says so: a silent restart would hide that events were missed
    on: { connected: () => (connected = true) },
  });
  const end = client.subscribe(request, {
    next: (result) => observer.next(result),
    complete: () => stopped || observer.complete(),
    error: (cause) => {
      if (stopped) return;
      const refused = cause?.code >= 4000; // a close code of the protocol is an answer, not a missing connection
      if (connected || refused || Array.isArray(cause)) observer.error(readable(cause));
      else unreachable();
    },
  });
  return () => {
    stopped = true;
    end();
    client.dispose();
  };
}

function readable(cause) {
  if (Array.isArray(cause)) return cause;
  if (typeof cause?.code === 'number') return new Error(`The stream was closed: ${cause.code} ${cause.reason}`.trim());
  return cause instanceof Error ? cause : new Error('The stream broke.');
}

function overEvents(url, request, headers, observer) {
  const abort = new AbortController();
  readEvents(url, request, headers, observer, abort.signal).then(
    () => observer.complete(),
    (cause) => abort.signal.aborted || observer.error(cause),
  );
  return () => abort.abort();
}

async function readEvents(url, request, headers, observer, signal) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify(request),
    signal,
  });
  if (!/event-stream/.test(response.headers.get('content-type') ?? '')) {
    observer.next(await response.json());
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let pending = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (pending + value).replaceAll('\r\n', '\n').split('\n\n');
    pending = blocks.pop();
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event.name === 'complete') return;
      if (event.data) observer.next(JSON.parse(event.data));
    }
  }
}

function parseEvent(block) {
  const event = { name: 'message', data: '' };
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) event.name = line.slice(6).trim();
    if (line.startsWith('data:')) event.data += line.slice(5);
  }
  return event;
}
