// The usual clients, each set up as its own documentation says. Every one gets
// the same subscription and calls seen with each event; place() answers the
// variables with the cursor of the newest event, and those clients that send the
// same object again on reconnect have it changed in place.
import { ApolloClient, ApolloLink, gql, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { createClient as urqlClient, subscriptionExchange } from "@urql/core";
import { EventSource } from "eventsource";
import { createClient as sseClient } from "graphql-sse";
import { createClient as wsClient } from "graphql-ws";
import { map } from "rxjs";
import WebSocket from "ws";

export const document = `subscription Feed($after: Cursor) {
  statusFeed(after: $after, filter: {kinds: [WORKFLOW_EVENT_TRIGGER]}, heartbeatSeconds: 1) {
    __typename cursor
    ... on FeedChanges { changes { cursor oldStatus newStatus } }
    ... on FeedResync { reason }
  }
}`;

const patient = { retryAttempts: Infinity, shouldRetry: () => true, retryWait: () => new Promise((done) => setTimeout(done, 100)) };
const socket = (url) => wsClient({ url: url.replace("http", "ws"), webSocketImpl: WebSocket, ...patient });

function graphqlWs(url, variables, seen) {
  const client = socket(url);
  client.subscribe({ query: document, variables }, { next: ({ data }) => seen(data.statusFeed), error: fail, complete() {} });
  return () => client.dispose();
}

function graphqlSse(url, variables, seen) {
  const client = sseClient({ url, retryAttempts: Infinity, retry: patient.retryWait });
  client.subscribe({ query: document, variables }, { next: ({ data }) => seen(data.statusFeed), error: fail, complete() {} });
  return () => client.dispose();
}

function urql(url, variables, seen) {
  const sockets = socket(url);
  const client = urqlClient({
    url,
    preferGetMethod: false,
    exchanges: [
      subscriptionExchange({
        forwardSubscription: ({ query }) => ({
          subscribe: (sink) => ({ unsubscribe: sockets.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
  });
  const subscription = client.subscription(document, variables).subscribe(({ data, error }) => (error ? fail(error) : seen(data.statusFeed)));
  return () => {
    subscription.unsubscribe();
    sockets.dispose();
  };
}

function apollo(url, variables, seen) {
  const sockets = socket(url);
  const moving = new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      map((result) => {
        operation.variables.after = result.data.statusFeed.cursor;
        return result;
      }),
    ),
  );
  const client = new ApolloClient({ link: moving.concat(new GraphQLWsLink(sockets)), cache: new InMemoryCache() });
  const subscription = client
    .subscribe({ query: gql(document), variables, fetchPolicy: "no-cache" })
    .subscribe({ next: ({ data, error }) => (error ? fail(error) : seen(data.statusFeed)), error: fail });
  return () => {
    subscription.unsubscribe();
    sockets.dispose();
  };
}

function eventSource(url, variables, seen) {
  const source = new EventSource(`${url}?${new URLSearchParams({ query: document, variables: JSON.stringify(variables) })}`);
  source.addEventListener("next", ({ data }) => seen(JSON.parse(data).data.statusFeed));
  return () => source.close();
}

function fail(error) {
  console.error("a client gave up:", error);
  process.exitCode = 1;
}

export const subscribers = {
  "graphql-ws": graphqlWs,
  "graphql-sse": graphqlSse,
  urql,
  "@apollo/client": apollo,
  EventSource: eventSource,
};
