package web

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Tab is an operation the explorer opens with, made for one kind of user. The
// editor titles a tab with the operation's name, so an operation is named as
// its tab: `query Builder { … }`.
type Tab struct {
	Name      string `json:"name"`
	About     string `json:"about"` // a sentence for the Start pane: what the answer shows
	Query     string `json:"query"`
	Variables string `json:"variables,omitempty"` // a JSON object
}

// Watch is an example that goes on by itself.
var Watch = Tab{
	Name:  "Watch",
	About: "For everybody: each change of status as it is committed. Run it, and again to stop.",
	Query: `# Changes of status as they are committed, in order.
# Run again to stop.
subscription Watch {
  statusFeed(filter: { what: [INSERTED, STATUS] }) {
    cursor
    ... on FeedChanges {
      changes {
        at
        kind
        oldStatus
        newStatus
        node {
          id
          ... on WorkflowInstance {
            instanceId
            definition {
              name
            }
          }
          ... on TaskInstance {
            stepId
            assignee
          }
        }
      }
    }
  }
}
`,
}

// ReadTabs makes a tab of <name in lower case>.graphql for each name. The
// comment the file begins with becomes About; variables come from the .json
// file of the same name if there is one.
func ReadTabs(files fs.FS, names ...string) ([]Tab, error) {
	tabs := make([]Tab, 0, len(names))
	for _, name := range names {
		tab, err := readTab(files, name)
		if err != nil {
			return nil, fmt.Errorf("read explorer tab %s: %w", name, err)
		}
		tabs = append(tabs, tab)
	}
	return tabs, nil
}

func readTab(files fs.FS, name string) (Tab, error) {
	file := strings.ToLower(name)
	query, err := fs.ReadFile(files, file+".graphql")
	if err != nil {
		return Tab{}, err
	}
	variables, err := fs.ReadFile(files, file+".json")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Tab{}, err
	}
	return Tab{Name: name, About: leadingComment(string(query)), Query: string(query), Variables: string(variables)}, nil
}

func leadingComment(query string) string {
	var words []string
	for line := range strings.Lines(query) {
		text, ok := strings.CutPrefix(strings.TrimSpace(line), "#")
		if !ok {
			break
		}
		words = append(words, strings.Fields(text)...)
	}
	return strings.Join(words, " ")
}
