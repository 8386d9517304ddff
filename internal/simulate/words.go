package simulate

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/auth"
)

// Who acts, and about what: the words of the demo world.
var (
	people = []string{
		"mara@quayside.example", "tomas@quayside.example", "ines@quayside.example", "jonas@quayside.example",
		"wiebke@quayside.example", "paul@quayside.example", "amira@quayside.example",
	}
	customers  = []string{"web desk", "phone desk", "front desk", "partner portal"}
	operator   = auth.Identity{Name: "noor@quayside.example", Roles: []string{"admin"}}
	priorities = []string{"LOW", "MEDIUM", "MEDIUM", "MEDIUM", "HIGH", "HIGH", "CRITICAL"}
	words      = map[string][]string{
		"name":       {"Ada Brandt", "Luis Moreno", "Hanna Olsen", "Piotr Zielinski", "Selma Yilmaz"},
		"complaint":  {"cough", "sore knee", "check-up", "headache"},
		"customer":   {"Harbour Café", "School kitchen", "Hotel Anker", "Market stall 12"},
		"title":      {"The Salt Path", "Tide Tables 1911", "A Field Guide to Moss", "Night Ferry"},
		"reader":     {"R-2041", "R-1180", "R-3377"},
		"address":    {"Quay 7", "Mill Lane 22", "Rope Walk 3", "Signal Street 9"},
		"trade":      {"plumber", "electrician", "roofer"},
		"place":      {"Old harbour", "Lighthouse pier", "Town hall steps"},
		"trackingId": {"PW-88120", "PW-90412", "PW-77301", "PW-65530"},
		"course":     {"Bookbinding", "Knots and splices", "Watercolour"},
		"email":      {"ada@mail.example", "luis@mail.example", "hanna@mail.example"},
		"article":    {"Lavender", "Boxwood", "Olive tree", "Sea thrift"},
		"piece":      {"Ship model Adler", "Compass, brass", "Chart of 1784"},
		"borrower":   {"Coast Museum", "City Archive", "University"},
		"instrument": {"Cello", "Trumpet", "Clarinet"},
		"pupil":      {"Mika", "Lotte", "Emil"},
	}
	subjects = []subject{
		{"clinic_intake", "intake.requested", []string{"name", "complaint"}, ""}, {"bakery_order", "bakery.requested", []string{"customer"}, "loaves"},
		{"library_loan", "library.requested", []string{"title", "reader"}, ""}, {"housing_repair", "housing.requested", []string{"address", "trade"}, "amount"},
		{"film_permit", "permit.requested", []string{"title", "place"}, ""}, {"parcel_claim", "parcel.requested", []string{"trackingId"}, "value"},
		{"seminar_enrolment", "seminar.requested", []string{"course", "email"}, ""}, {"nursery_restock", "nursery.requested", []string{"article"}, ""},
		{"museum_loan", "museum.requested", []string{"piece", "borrower"}, ""}, {"instrument_rental", "rental.requested", []string{"instrument", "pupil"}, ""},
		{"tasting_booking", "", []string{"email"}, "guests"},
	}
	troubles = []trouble{
		{"CONNECTION_TIMEOUT", "NetworkError", "postbox", "postbox did not answer"},
		{"RATE_LIMITED", "QuotaError", "calendar", "calendar asks to come back later"},
		{"BAD_ADDRESS", "ValidationError", "courier", "courier does not know the address"},
		{"LEDGER_LOCKED", "NetworkError", "ledger", "ledger is closed for the night"},
	}
)

// subject is a workflow of the demo world and what its runs are about.
type subject struct {
	workflow string
	event    string // that starts it; empty where its trigger is switched off
	texts    []string
	number   string // a property that is a number; empty for none
}

// Workflows are the workflows of the demo world that are simulated.
func Workflows() []string {
	names := make([]string, len(subjects))
	for i, s := range subjects {
		names[i] = s.workflow
	}
	return names
}

// trouble is a way in which things go wrong.
type trouble struct{ code, kind, system, message string }

// input makes up what somebody asks for, and says it in a word.
func (s subject) input() (doc scalar.JSON, about string) {
	values := map[string]any{}
	for _, name := range s.texts {
		values[name] = word(name)
	}
	if s.number != "" {
		values[s.number] = 1 + rand.IntN(400)
	}
	text, err := json.Marshal(values)
	if err != nil {
		panic(err) // plain values are always JSON
	}
	return text, fmt.Sprint(values[s.texts[0]])
}

func word(name string) string {
	if known := words[name]; len(known) > 0 {
		return known[rand.IntN(len(known))]
	}
	return fmt.Sprintf("%s-%04d", name, rand.IntN(10_000))
}
