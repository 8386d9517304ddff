package server

import (
	"context"
	"net/http"

	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/internal/live"
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
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), poolMetrics{p.Primary})
	if s, ok := p.Streams.(counter); ok {
		m.registry.MustRegister(streamMetrics{s})
	}
	if p.Feed != nil {
		m.registry.MustRegister(feedMetrics{p.Feed})
	}
	if p.Routed != nil {
		m.registry.MustRegister(routedMetrics(p.Routed))
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

// poolMetrics reads the pool's own counters when somebody asks.
type poolMetrics struct{ pool *pgxpool.Pool }

var (
	connectionsInUse = prometheus.NewDesc("aos_database_connections_in_use", "Connections that run a statement.", nil, nil)
	connectionsOpen  = prometheus.NewDesc("aos_database_connections_open", "Connections to the primary.", nil, nil)
	connectionWaits  = prometheus.NewDesc("aos_database_connection_waits_total", "Statements that had to wait for a connection.", nil, nil)
)

// Describe implements prometheus.Collector.
func (poolMetrics) Describe(out chan<- *prometheus.Desc) {
	out <- connectionsInUse
	out <- connectionsOpen
	out <- connectionWaits
}

// Collect implements prometheus.Collector.
func (p poolMetrics) Collect(out chan<- prometheus.Metric) {
	s := p.pool.Stat()
	out <- prometheus.MustNewConstMetric(connectionsInUse, prometheus.GaugeValue, float64(s.AcquiredConns()))
	out <- prometheus.MustNewConstMetric(connectionsOpen, prometheus.GaugeValue, float64(s.TotalConns()))
	out <- prometheus.MustNewConstMetric(connectionWaits, prometheus.CounterValue, float64(s.EmptyAcquireCount()))
}

// counter is a transport that tells how much it holds.
type counter interface{ Counts() (clients, cohorts int) }

// streamMetrics asks the transport of subscriptions when somebody asks us.
type streamMetrics struct{ streams counter }

var (
	streamsOpen = prometheus.NewDesc("aos_stream_connections", "Open sockets and event streams.", nil, nil)
	streamsRun  = prometheus.NewDesc("aos_stream_cohorts", "Subscriptions that run for everybody who asked for the same.", nil, nil)
)

// Describe implements prometheus.Collector.
func (streamMetrics) Describe(out chan<- *prometheus.Desc) {
	out <- streamsOpen
	out <- streamsRun
}

// Collect implements prometheus.Collector.
func (m streamMetrics) Collect(out chan<- prometheus.Metric) {
	clients, cohorts := m.streams.Counts()
	out <- prometheus.MustNewConstMetric(streamsOpen, prometheus.GaugeValue, float64(clients))
	out <- prometheus.MustNewConstMetric(streamsRun, prometheus.GaugeValue, float64(cohorts))
}

// feedMetrics asks the feed of changes.
type feedMetrics struct{ feed *live.Feed }

var (
	feedChanges = prometheus.NewDesc("aos_feed_changes_total", "Changes that the feed read and handed to subscriptions; it reads while there are some.", nil, nil)
	feedNewest  = prometheus.NewDesc("aos_feed_newest_change_timestamp_seconds", "When the newest change that was handed out was made, by the database's clock.", nil, nil)
	feedResyncs = prometheus.NewDesc("aos_feed_resyncs_total", "Subscriptions that were told to start over.", []string{"reason"}, nil)
)

// Describe implements prometheus.Collector.
func (feedMetrics) Describe(out chan<- *prometheus.Desc) {
	out <- feedChanges
	out <- feedNewest
	out <- feedResyncs
}

// Collect implements prometheus.Collector.
func (m feedMetrics) Collect(out chan<- prometheus.Metric) {
	counts := m.feed.Counts()
	out <- prometheus.MustNewConstMetric(feedChanges, prometheus.CounterValue, float64(counts.Changes))
	if !counts.Newest.IsZero() {
		out <- prometheus.MustNewConstMetric(feedNewest, prometheus.GaugeValue, float64(counts.Newest.UnixMilli())/1000)
	}
	for reason, n := range counts.Resyncs {
		out <- prometheus.MustNewConstMetric(feedResyncs, prometheus.CounterValue, float64(n), reason)
	}
}

// routedMetrics asks the workers that route events.
type routedMetrics func() (processed, failed int64)

var (
	eventsRouted = prometheus.NewDesc("aos_events_routed_total", "Events that workers of this process took through their triggers and waits.", nil, nil)
	eventsFailed = prometheus.NewDesc("aos_events_failed_total", "Tries at events that failed as a whole; the event is tried again or becomes a dead letter.", nil, nil)
)

// Describe implements prometheus.Collector.
func (routedMetrics) Describe(out chan<- *prometheus.Desc) {
	out <- eventsRouted
	out <- eventsFailed
}

// Collect implements prometheus.Collector.
func (m routedMetrics) Collect(out chan<- prometheus.Metric) {
	processed, failed := m()
	out <- prometheus.MustNewConstMetric(eventsRouted, prometheus.CounterValue, float64(processed))
	out <- prometheus.MustNewConstMetric(eventsFailed, prometheus.CounterValue, float64(failed))
}
