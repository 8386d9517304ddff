package repository

import (
	"context"
	"slices"
	"strings"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
)

// DefinitionKinds are the entities that are definitions.
var DefinitionKinds = map[model.DefinitionKind]*Descriptor{
	model.DefinitionKindWorkflow:    WorkflowDefinitions.Descriptor,
	model.DefinitionKindTask:        TaskDefinitions.Descriptor,
	model.DefinitionKindEvent:       EventDefinitions.Descriptor,
	model.DefinitionKindIntegration: IntegrationDefinitions.Descriptor,
	model.DefinitionKindUIComponent: UIComponents.Descriptor,
	model.DefinitionKindTest:        TestDefinitions.Descriptor,
}

// minSearch is the least number of characters that trigrams tell something of.
const minSearch = 2

// Search ranks definitions by how well their name, business key or description
// fits text, the best first. Of the versions of a definition the active one
// stands for all, else the newest. Kinds nil means all. One statement, and a
// second one when nothing fits a short text: what comes near it then.
func (s *Store) Search(ctx context.Context, text string, kinds []model.DefinitionKind, limit int) ([]*model.SearchHit, error) {
	text = strings.TrimSpace(text)
	if len([]rune(text)) < minSearch {
		return nil, fault.Errorf(fault.BadUserInput, "a search needs %d characters or more", minSearch).At("/query").Hint("write more of the word")
	}
	if kinds == nil {
		kinds = model.AllDefinitionKind
	}
	hits, err := s.search(ctx, "definitions.search", fits, kinds, args{text, "%" + escapeLike(text) + "%", limit})
	if err != nil || len(hits) > 0 || len([]rune(text)) > maxNear {
		return hits, err
	}
	if err := s.indexes.load(ctx, s.DB); err != nil {
		return nil, err
	}
	kinds = slices.DeleteFunc(slices.Clone(kinds), func(kind model.DefinitionKind) bool { return !s.isSmall(DefinitionKinds[kind]) })
	return s.search(ctx, "definitions.search_near", comesNear, kinds, args{text, nearness, limit})
}

// What is a hit. The operators of fits are the ones that the trigram index
// serves: % forgives typing mistakes in a whole name, %> finds a part of a long
// text, ilike what is too short for both. A mistake in a short word leaves less
// alike than they take for a hit; comesNear compares it with all names, of small
// tables, in a time that grows with the text.
const (
	fits      = "t.name % $1 or t.$key % $1 or t.name %> $1 or t.$key %> $1 or t.description %> $1 or t.name ilike $2 or t.$key ilike $2"
	comesNear = "greatest(word_similarity($1, t.name), word_similarity($1, t.$key)) >= $2"
	maxNear   = 40  // characters; of a longer text enough is alike
	nearness  = 0.4 // "bakry" to "Bakery" is 0.5
)

func (s *Store) search(ctx context.Context, name, condition string, kinds []model.DefinitionKind, a args) ([]*model.SearchHit, error) {
	var branches []string
	for _, kind := range model.AllDefinitionKind {
		if slices.Contains(kinds, kind) {
			branches = append(branches, searchOf(DefinitionKinds[kind], kind, condition))
		}
	}
	hits := []*model.SearchHit{}
	if len(branches) == 0 {
		return hits, nil
	}
	sql := "/* " + name + " */ select * from (\n" + strings.Join(branches, "\nunion all\n") + "\n) hits order by score desc, title, id limit $3"
	err := scanEach(ctx, s, name, sql, a, func(h model.SearchHit) { hits = append(hits, &h) })
	return hits, err
}

// searchOf is the part of the statement for one kind. The score prefers a fitting
// name to a fitting key to a fitting description, and a whole name to a part of
// one.
func searchOf(d *Descriptor, kind model.DefinitionKind, condition string) string {
	sql := `(select '$kind' as kind, best.id, best.name as title, best.$key || ' ' || best.version as subtitle, best.score
from (
  select distinct on (t.$key) t.id, t.name, t.$key, t.version, greatest(
      (0.7 * word_similarity($1, t.name) + 0.3 * similarity($1, t.name)),
      (0.65 * word_similarity($1, t.$key) + 0.3 * similarity($1, t.$key)),
      0.5 * coalesce(word_similarity($1, t.description), 0)) as score
  from $table t
  where $condition
  order by t.$key, t.status = 'active' desc, t.version_sort desc) best
order by best.score desc, best.name, best.id
limit $3)`
	return strings.NewReplacer("$condition", strings.ReplaceAll(condition, "$key", d.Key), "$kind", string(kind), "$key", d.Key, "$table", d.Table).Replace(sql)
}
