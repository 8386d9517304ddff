package server

import (
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/transport"
)

// streams are the transports of subscriptions: graphql-transport-ws, and
// server-sent events for clients behind firewalls that drop sockets. A socket
// must introduce itself, answer pings and send small frames; its origin must be
// this server's.
func streams() []graphql.Transport {
	frame := int64(64 << 10)
	return []graphql.Transport{
		&transport.Websocket{
			InitTimeout:      3 * time.Second,
			PingPongInterval: 10 * time.Second,
			PayloadReadLimit: &frame,
		},
		transport.SSE{KeepAlivePingInterval: 10 * time.Second},
	}
}
