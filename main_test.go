package main_test

import (
	"testing"

	"github.com/augmentedos/graph/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }
