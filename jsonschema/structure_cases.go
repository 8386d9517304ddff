package jsonschema

import "regexp"

// TestDocument is a test definition as far as its structure goes.
type TestDocument struct {
	Cases       []byte
	SharedMocks []byte
}

// CheckTest looks at whether a test's cases can be run and told apart.
func CheckTest(doc TestDocument, options Options) []Problem {
	f := &findings{options: options}
	cases := f.readList(doc.Cases, "/cases")
	if len(cases) == 0 {
		f.lacks("NO_CASES", "/cases", "has no case")
	}
	ids := f.unique("case id")
	eachObject(cases, "/cases", func(path string, c *object) {
		ids.check(c.text("caseId"), join(path, "caseId"))
		if setup := c.object("setup"); setup != nil {
			f.mocks(setup.list("mocks"), join(path, "setup", "mocks"))
		}
		eachObject(c.list("assertions"), join(path, "assertions"), f.assertion)
		eachObject(c.list("expectedState"), join(path, "expectedState"), func(place string, o *object) {
			f.jsonPath(o.text("path"), join(place, "path"))
		})
	})
	f.mocks(f.readList(doc.SharedMocks, "/shared_mocks"), "/shared_mocks")
	return f.problems
}

func (f *findings) assertion(path string, o *object) {
	f.jsonPath(o.text("path"), join(path, "path"))
	if o.text("type") != "matches" {
		if !o.has("value") {
			f.lacks("NO_VALUE", path, "has no value to compare with")
		}
		return
	}
	pattern, ok := o.get("value").(string)
	if !ok {
		f.add(Error, "INVALID_PATTERN", join(path, "value"), "must be a regular expression")
	} else if _, err := regexp.Compile(pattern); err != nil {
		f.add(Error, "INVALID_PATTERN", join(path, "value"), "must be %s", formatName("regex"))
	}
}

// mocks reports stand-ins that get in each other's way.
func (f *findings) mocks(list []any, path string) {
	seen := map[string]bool{}
	eachObject(list, path, func(place string, mock *object) {
		id := mock.text("taskId")
		if seen[id] {
			f.add(Warning, "DUPLICATE_MOCK", join(place, "taskId"), "stands in for the task %q again; the first stand-in is used", id)
		}
		seen[id] = true
		if mock.has("response") && mock.has("error") {
			f.add(Warning, "TWO_OUTCOMES", place, "has a response and an error; the error is used")
		}
	})
}

func (f *findings) jsonPath(text, path string) {
	if text == "" {
		return
	}
	if mistake := jsonPathMistake(text); mistake != "" {
		f.add(Error, "INVALID_PATH", path, "%s", mistake)
	}
}
