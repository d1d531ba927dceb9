package claims_test

import (
	"fmt"

	"github.com/wswarden/wswarden/guard/claims"
)

func ExampleNames_Identity() {
	all, err := claims.Decode([]byte(`{"sub":"ada","realm_access":{"roles":["trader","pro"]}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	id, err := claims.Names{Roles: "realm_access.roles"}.Identity(all)
	fmt.Println(id.User, id.Roles, err)

	_, err = claims.Names{User: "uid"}.Identity(all)
	fmt.Println(err)
	// Output:
	// ada [trader pro] <nil>
	// user claim missing
}
