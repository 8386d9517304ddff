package demo

import (
	"math/rand/v2"
	"time"
)

// calendar says when the runs of a Scale begin: more every month, fewer at
// weekends, most of them during the day.
type calendar struct {
	first time.Time
	now   time.Time
	upto  []int // runs that begin before the end of each day
	total int
}

func newCalendar(now time.Time, total int) *calendar {
	c := &calendar{first: now.Add(-scaleWindow), now: now, total: total}
	days := int(scaleWindow / (24 * time.Hour))
	weights, sum := make([]float64, days), 0.0
	for day := range days {
		weights[day] = 0.7 + 0.6*float64(day)/float64(days)
		switch c.first.AddDate(0, 0, day).Weekday() {
		case time.Saturday:
			weights[day] *= 0.45
		case time.Sunday:
			weights[day] *= 0.3
		}
		sum += weights[day]
	}
	reached := 0.0
	for _, weight := range weights {
		reached += weight
		c.upto = append(c.upto, int(reached/sum*float64(total)+0.5))
	}
	return c
}

// start is when a run begins. Days follow the numbers of the runs, so that what
// is written together is near in time; the hour is up to chance.
func (c *calendar) start(number int) time.Time {
	day := 0
	for c.upto[day] <= number {
		day++
	}
	chance := rand.New(rand.NewPCG(scaleSeed, uint64(number)<<8|1))
	hour := 9 + chance.NormFloat64()*3.5
	if chance.IntN(10) == 0 || hour < 0 || hour >= 24 {
		hour = chance.Float64() * 24
	}
	return c.first.AddDate(0, 0, day).Add(time.Duration(hour * float64(time.Hour))).Truncate(time.Millisecond)
}
