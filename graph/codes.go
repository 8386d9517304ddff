package graph

import (
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/augmentedos/graph/internal/fault"
)

// Codes that only the front door gives; the names are those most GraphQL
// clients already know. They are explained in docs/errors.md.
const (
	parseFailed       fault.Code = "GRAPHQL_PARSE_FAILED"
	validationFailed  fault.Code = "GRAPHQL_VALIDATION_FAILED"
	persistedNotFound fault.Code = "PERSISTED_QUERY_NOT_SUPPORTED"
)

// withCode gives err a code unless it carries a fault, which has its own.
func withCode(err *gqlerror.Error, code fault.Code) *gqlerror.Error {
	if err.Err != nil {
		return err
	}
	if err.Extensions == nil {
		err.Extensions = map[string]any{}
	}
	if _, ok := err.Extensions["code"]; !ok {
		err.Extensions["code"] = string(code)
	}
	return err
}
