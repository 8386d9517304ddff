package definition

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/augmentedos/graph/internal/model"
)

// firstVersion is the version a business key begins with.
const firstVersion = "1.0.0"

// next counts a version up. The release that follows a pre-release is the one
// it was made for, as long as the bump asks for no more.
func next(highest string, bump model.VersionBump) string {
	if highest == "" {
		return firstVersion
	}
	core, _, pre := strings.Cut(highest, "-")
	var numbers [3]*big.Int
	for i, text := range strings.SplitN(core, ".", 3) {
		numbers[i], _ = new(big.Int).SetString(text, 10)
	}
	place := map[model.VersionBump]int{model.VersionBumpMajor: 0, model.VersionBumpMinor: 1, model.VersionBumpPatch: 2}[bump]
	made := true // the pre-release already counted this number up
	for _, lower := range numbers[place+1:] {
		made = made && lower.Sign() == 0
	}
	if !pre || !made {
		numbers[place].Add(numbers[place], big.NewInt(1))
	}
	for i := place + 1; i < len(numbers); i++ {
		numbers[i] = new(big.Int)
	}
	return fmt.Sprintf("%s.%s.%s", numbers[0], numbers[1], numbers[2])
}
