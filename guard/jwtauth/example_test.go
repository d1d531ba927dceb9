package jwtauth_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/jwtauth"
)

// A verifier with a shared secret judges two tokens.
func Example() {
	verifier, err := jwtauth.New(jwtauth.Config{
		Issuer:   "https://id.example.com",
		Audience: "trading",
		Secret:   []byte("a secret of 32 bytes or more ..."),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer verifier.Close()

	token := sign([]byte("a secret of 32 bytes or more ..."), `{"alg":"HS256"}`, fmt.Sprintf(
		`{"iss":"https://id.example.com","aud":"trading","sub":"ada","roles":"trader pro","exp":%d}`,
		time.Now().Add(time.Minute).Unix()))
	id, err := verifier.VerifyToken(context.Background(), token)
	fmt.Println(id.User, id.Roles, err)

	_, err = verifier.VerifyToken(context.Background(), token+"x")
	fmt.Println(err, errors.Is(err, guard.ErrCredentialRefused))
	// Output:
	// ada [trader pro] <nil>
	// signature not valid true
}

// A signer with a key of its own publishes what a backend needs to verify.
func ExampleSigner() {
	signer, err := jwtauth.NewSigner(jwtauth.SignerConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	token, err := signer.SignIdentity(guard.Identity{User: "ada"}, "ws://127.0.0.1:3000", time.Now())
	fmt.Println(len(token) > 0, len(signer.PublicJWKS()) > 0, err)
	// Output: true true <nil>
}
