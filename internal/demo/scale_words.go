package demo

import (
	"maps"
	"slices"
)

// The words of made-up runs. They are lists, not state: nothing writes to them.
var (
	priorities = []string{"MEDIUM", "LOW", "HIGH", "CRITICAL"}
	firstNames = []string{"Ada", "Bela", "Carla", "Dario", "Edda", "Faris", "Greta", "Hanno", "Ilse", "Jannis", "Kaja", "Levin", "Mira", "Nils", "Olga", "Pavel", "Quentin", "Runa", "Samir", "Tilda", "Ugo", "Vera", "Wanda", "Yusuf"}
	lastNames  = []string{"Amsel", "Brook", "Castell", "Dahl", "Ebner", "Falk", "Grünwald", "Hafner", "Ivers", "Jansen", "Kranz", "Lorenz", "Moreau", "Nyberg", "Okafor", "Petersen", "Quist", "Rossi", "Sander", "Tamm", "Ulrich", "Vogel", "Winter", "Zeller"}
	mailNames  = []string{"ada", "bela", "carla", "dario", "edda", "faris", "greta", "hanno", "ilse", "kaja", "mira", "nils"}
	colours    = []string{"amber", "brass", "coastal", "evening", "folded", "green", "hidden", "ivory", "narrow", "paper", "quiet", "red", "silver", "tidal", "woven", "yellow"}
	things     = []string{"almanac", "barometer", "cello", "drawing", "engine", "fern", "globe", "harbour", "iris", "journal", "kettle", "lantern", "map", "notebook", "orchard", "portrait", "quilt", "rose", "sextant", "tide"}
	streets    = []string{"Quay", "Mill Lane", "Lower Market", "Ropewalk", "Chapel Street", "Station Road", "Garden Row", "Lighthouse Way"}
	remarks    = []string{"as agreed by telephone", "nothing out of the ordinary", "a second look is needed", "to be collected on Friday", "the form was hard to read", "came with two photographs", "smaller than described", "asked to be called back", "complete", "one part is missing"}
	colleagues = []string{"mara@quayside.example", "jonas@quayside.example", "aiko@quayside.example", "tomas@quayside.example", "rosa@quayside.example", "emin@quayside.example", "lotte@quayside.example", "ngozi@quayside.example", "pieter@quayside.example", "sunna@quayside.example", "viktor@quayside.example", "zoe@quayside.example"}
	troubles   = []trouble{
		{"GATEWAY_TIMEOUT", "TIMEOUT", "the other side did not answer in time"},
		{"SERVICE_UNAVAILABLE", "TRANSIENT", "the other side is closed for maintenance"},
		{"RATE_LIMIT_ERROR", "TRANSIENT", "the other side asks to slow down"},
		{"AUTHENTICATION_ERROR", "SECURITY", "the other side refused the credentials"},
		{"VALIDATION_ERROR", "VALIDATION", "the other side did not understand the request"},
		{"INTEGRATION_ERROR", "BUSINESS", "there is no such customer"},
	}
)

func sortedKeys(of map[string]any) []string { return slices.Sorted(maps.Keys(of)) }
