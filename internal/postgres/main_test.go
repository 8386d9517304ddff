package postgres_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/augmentedos/graph/internal/postgres"
	"github.com/augmentedos/graph/internal/testdb"
)

// helperEnv makes this test binary a process that launches a server in the
// folder it names and waits to be killed.
const helperEnv = "AOS_TEST_LAUNCH_IN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperEnv); dir != "" {
		server, err := postgres.Launch(context.Background(), postgres.Options{DataDir: dir, ExtraSettings: quick()})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println("ready")
		<-server.Done()
		return
	}
	testdb.Main(m)
}

// quick is for servers whose data nobody will miss.
func quick() map[string]string {
	return map[string]string{"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
}
