package server

import (
	"context"
	"net/http"

	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/model"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics is what an operator watches. Operation names are the client's and so
// unbounded: they are not labels.
type metrics struct {
	registry *prometheus.Registry
	duration *prometheus.HistogramVec
	errors   *prometheus.CounterVec
	bytes    prometheus.Counter
	roots    *prometheus.CounterVec
}

func newMetrics(p Parts) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "aos_operation_seconds", Help: "Time from the request to the complete answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"kind"}),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aos_operation_errors_total", Help: "Errors in answers by extensions.code.",
		}, []string{"code"}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "aos_answer_bytes_total", Help: "Size of the data in all answers.",
		}),
	}
	m.roots = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "aos_root_fields_total", Help: "Root fields of queries by who answered them: compiled, compiled with parts from the executor, or the executor.",
	}, []string{"field", "path"})
	m.registry.MustRegister(m.duration, m.errors, m.bytes, m.roots,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.watchPool(p.Primary)
	if streams, ok := p.Streams.(interface{ Counts() (clients, cohorts int) }); ok {
		m.watchStreams(streams.Counts)
	}
	if p.Feed != nil {
		m.watchFeed(p.Feed)
	}
	if p.Routed != nil {
		m.watchRouting(p.Routed)
	}
	return m
}

func (m *metrics) operation(_ context.Context, o graph.Outcome) {
	m.duration.WithLabelValues(o.Kind).Observe(o.Duration.Seconds())
	m.bytes.Add(float64(o.Bytes))
	for _, code := range o.Codes {
		m.errors.WithLabelValues(code).Inc()
	}
}

// rootField counts which path answered a root field.
func (m *metrics) rootField(name, left string) {
	path := "parts"
	switch left {
	case "":
		path = "compiled"
	case "Query." + name:
		path = "executor"
	}
	m.roots.WithLabelValues(name, path).Inc()
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// gauge and counter are read when somebody asks.
func gauge(name, help string, value func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
}

func counter(name, help string, labels prometheus.Labels, value func() float64) prometheus.Collector {
	return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: labels}, value)
}

func (m *metrics) watchPool(pool *pgxpool.Pool) {
	m.registry.MustRegister(
		gauge("aos_database_connections_in_use", "Connections that run a statement.", func() float64 { return float64(pool.Stat().AcquiredConns()) }),
		gauge("aos_database_connections_open", "Connections to the primary.", func() float64 { return float64(pool.Stat().TotalConns()) }),
		counter("aos_database_connection_waits_total", "Statements that had to wait for a connection.", nil, func() float64 { return float64(pool.Stat().EmptyAcquireCount()) }),
	)
}

func (m *metrics) watchStreams(counts func() (clients, cohorts int)) {
	m.registry.MustRegister(
		gauge("aos_stream_connections", "Open sockets and event streams.", func() float64 { clients, _ := counts(); return float64(clients) }),
		gauge("aos_stream_cohorts", "Subscriptions that run for everybody who asked for the same.", func() float64 { _, cohorts := counts(); return float64(cohorts) }),
	)
}

func (m *metrics) watchFeed(feed *live.Feed) {
	m.registry.MustRegister(
		counter("aos_feed_changes_total", "Changes that the feed read and handed to subscriptions; it reads while there are some.", nil, func() float64 { return float64(feed.Counts().Changes) }),
		gauge("aos_feed_newest_change_timestamp_seconds", "When the newest change that was handed out was made, by the database's clock; 0 when there was none.", func() float64 {
			if newest := feed.Counts().Newest; !newest.IsZero() {
				return float64(newest.UnixMilli()) / 1000
			}
			return 0
		}),
	)
	for _, reason := range model.AllResyncReason {
		m.registry.MustRegister(counter("aos_feed_resyncs_total", "Subscriptions that were told to start over.", prometheus.Labels{"reason": string(reason)},
			func() float64 { return float64(feed.Counts().Resyncs[string(reason)]) }))
	}
}

func (m *metrics) watchRouting(counts func() (processed, failed int64)) {
	m.registry.MustRegister(
		counter("aos_events_routed_total", "Events that workers of this process took through their triggers and waits.", nil, func() float64 { processed, _ := counts(); return float64(processed) }),
		counter("aos_events_failed_total", "Tries at events that failed as a whole; the event is tried again or becomes a dead letter.", nil, func() float64 { _, failed := counts(); return float64(failed) }),
	)
}
