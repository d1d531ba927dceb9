package forwardauth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/claims"
	"github.com/wswarden/wswarden/guard/forwardauth"
)

// An application that knows its sessions says who a cookie belongs to.
func Example() {
	application := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if session, err := r.Cookie("session"); err != nil || session.Value != "4711" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, `{"login":"ada","roles":["pro"]}`)
	}))
	defer application.Close()

	verifier, err := forwardauth.New(forwardauth.Config{
		URL:     application.URL + "/whoami",
		Headers: []string{"Cookie"},
		Claims:  claims.Names{User: "login"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer verifier.Close()

	id, err := verifier.VerifyRequest(context.Background(), http.Header{"Cookie": {"session=4711"}})
	fmt.Println(id.User, id.Roles, err)
	_, err = verifier.VerifyRequest(context.Background(), http.Header{"Cookie": {"session=0815"}})
	fmt.Println(err, errors.Is(err, guard.ErrCredentialRefused))
	// Output:
	// ada [pro] <nil>
	// application refused the credential true
}
