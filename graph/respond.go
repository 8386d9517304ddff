package graph

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/augmentedos/graph/internal/fault"
)

// The two types an answer can have. The first one's status codes tell proxies
// and clients the truth; the second is what clients from before it expect.
const (
	mediaGraphQL = "application/graphql-response+json"
	mediaJSON    = "application/json"
)

// negotiate chooses the type of the answer from the Accept header: the one with
// the higher weight, JSON when nothing is said, "" when neither is welcome.
func negotiate(r *http.Request) string {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(accept) == "" {
		return mediaJSON
	}
	best, weight := "", 0.0
	for part := range strings.SplitSeq(accept, ",") {
		media, q := acceptable(part)
		if media != "" && q > weight {
			best, weight = media, q
		}
	}
	return best
}

// acceptable is the answer type that one entry of an Accept header allows.
func acceptable(entry string) (string, float64) {
	media, params, err := mime.ParseMediaType(entry)
	if err != nil {
		return "", 0
	}
	q := 1.0
	if text, given := params["q"]; given {
		if q, err = strconv.ParseFloat(text, 64); err != nil || q < 0 || q > 1 {
			return "", 0
		}
	}
	if charset, given := params["charset"]; given && !strings.EqualFold(charset, "utf-8") {
		return "", 0
	}
	switch media {
	case mediaGraphQL:
		return mediaGraphQL, q
	case mediaJSON, "application/*", "*/*":
		return mediaJSON, q
	}
	return "", 0
}

// statusOf is the HTTP status of an answer. Under application/json a client
// that predates the other type expects 200 whenever the server understood the
// request as GraphQL, so only our own failures show.
func statusOf(media string, response *graphql.Response) int {
	if response.Data != nil {
		return http.StatusOK
	}
	switch worst(response) {
	case fault.Unavailable, fault.Timeout:
		return http.StatusServiceUnavailable
	case fault.Internal:
		return http.StatusInternalServerError
	}
	switch {
	case media != mediaGraphQL:
		return http.StatusOK
	case forbids(response):
		return http.StatusForbidden
	}
	return http.StatusBadRequest
}

// forbids tells that an operation was understood and not run because of who
// asked.
func forbids(response *graphql.Response) bool {
	return slices.ContainsFunc(response.Errors, func(err *gqlerror.Error) bool { return err.Extensions["code"] == string(fault.Forbidden) })
}

// worst is the code of the first error that is ours rather than the client's.
func worst(response *graphql.Response) fault.Code {
	for _, err := range response.Errors {
		code, _ := err.Extensions["code"].(string)
		switch c := fault.Code(code); c {
		case fault.Unavailable, fault.Timeout, fault.Internal:
			return c
		}
	}
	return fault.BadUserInput
}

// write sends an answer. The data was written to JSON by the executor already
// and goes out as it is: encoding the whole response again, as gqlgen's own
// transports do, costs more than running many queries.
func write(w http.ResponseWriter, log *slog.Logger, media string, status int, response *graphql.Response) {
	if media == "" {
		media = mediaJSON
	}
	head, tail := envelope(response)
	header := w.Header()
	header.Set("Content-Type", media+"; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Length", strconv.Itoa(len(head)+len(response.Data)+len(tail)))
	w.WriteHeader(status)
	for _, part := range [][]byte{head, response.Data, tail} {
		if len(part) == 0 {
			continue
		}
		if _, err := w.Write(part); err != nil {
			log.Debug("the client left before its answer was complete", "error", err)
			return
		}
	}
}

// AppendResponse writes a whole GraphQL response to dst, for transports that
// frame it themselves.
func AppendResponse(dst []byte, response *graphql.Response) []byte {
	head, tail := envelope(response)
	dst = append(dst, head...)
	dst = append(dst, response.Data...)
	return append(dst, tail...)
}

// envelope is what stands before and after the data. Errors come first, as the
// specification recommends, so that a reader sees them; a request that was not
// run has no data entry at all.
func envelope(response *graphql.Response) (head, tail []byte) {
	var b bytes.Buffer
	b.WriteByte('{')
	if len(response.Errors) > 0 {
		b.WriteString(`"errors":`)
		encode(&b, response.Errors)
	}
	if response.Data != nil {
		if len(response.Errors) > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"data":`)
	}
	head = bytes.Clone(b.Bytes())
	b.Reset()
	if len(response.Extensions) > 0 {
		if len(head) > 1 {
			b.WriteByte(',')
		}
		b.WriteString(`"extensions":`)
		encode(&b, response.Extensions)
	}
	b.WriteByte('}')
	return head, b.Bytes()
}

func encode(b *bytes.Buffer, v any) {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	before := b.Len()
	if err := enc.Encode(v); err != nil {
		// A detail of an error that is not JSON is a programming error of ours;
		// the answer must still be well formed.
		b.Truncate(before)
		b.WriteString("null")
		return
	}
	b.Truncate(b.Len() - 1) // the line break that Encode adds
}
