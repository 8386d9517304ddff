package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/augmentedos/graph/internal/importer"
)

// barWidth is how many characters the bar has.
const barWidth = 24

// redrawEvery keeps a fast walk from spending its time on drawing.
const redrawEvery = 100 * time.Millisecond

// progress draws one line that is overwritten, on a terminal only. The second
// function takes the line away again.
func (s *session) progress() (func(importer.Progress), func()) { return progressOn(s.out) }

func progressOn(w io.Writer) (func(importer.Progress), func()) {
	if !isTerminal(w) {
		return func(importer.Progress) {}, func() {}
	}
	begin, drawn, part := time.Now(), time.Time{}, ""
	draw := func(p importer.Progress) {
		now := time.Now()
		if name := p.Phase + " " + p.Table; name != part {
			begin, part = now, name
		} else if now.Sub(drawn) < redrawEvery && p.Done < p.Total {
			return
		}
		drawn = now
		fmt.Fprintf(w, "\r\033[K%s", progressLine(p, now.Sub(begin)))
	}
	return draw, func() { fmt.Fprint(w, "\r\033[K") }
}

// progressLine is such as "writing workflow_instances [#####-----] 50000 of
// 100000, 40s left".
func progressLine(p importer.Progress, took time.Duration) string {
	line := p.Phase + " " + p.Table
	switch {
	case p.Total <= 0 && p.Done > 0:
		return fmt.Sprintf("%s %d", line, p.Done)
	case p.Total <= 0:
		return line
	}
	share := min(float64(p.Done)/float64(p.Total), 1)
	full := int(share * barWidth)
	line += fmt.Sprintf(" [%s%s] %d of %d", strings.Repeat("#", full), strings.Repeat("-", barWidth-full), p.Done, p.Total)
	if share > 0 && share < 1 && took > time.Second {
		line += fmt.Sprintf(", %s left", time.Duration(float64(took)*(1-share)/share).Round(time.Second))
	}
	return line
}
