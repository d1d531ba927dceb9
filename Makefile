# Every target works on a fresh machine with Go, Node and a root that may use
# apt: setup installs what is missing.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK = golang.org/x/vuln/cmd/govulncheck@v1.9.0
FUZZTIME   ?= 10m

.PHONY: help setup build demo fmt lint grammars generate web screenshots fresh test test-web race fuzz bench bench-guard bench-review bench-setup corpus vuln

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what the tests talk to: clients and servers of Node, Python and Ruby, nginx, Redis, RabbitMQ, Chromium
	./scripts/setup

build: ## build bin/wswarden
	CGO_ENABLED=0 go build -trimpath -o bin/wswarden ./cmd/wswarden

demo: ## attack the trading platform, bare and behind the guard, in the browser
	go run ./cmd/wswarden demo --serve

fmt: ## format the Go source
	gofmt -w $$(git ls-files '*.go')

lint: ## formatting, vet, staticcheck
	@bad=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$bad" || { echo "gofmt would change: $$bad"; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...

grammars: ## build review's grammars anew from their pinned sources
	./scripts/setup clang-14 lld-14 libclang-rt-14-dev-wasm32 wasi-libc
	./review/syntax/build/build review/syntax/grammars.wasm

generate: ## write the generated documents anew
	go generate ./...

web: setup ## build the client and the pages that the binary embeds
	npm run build

screenshots: web build ## take the pictures of docs/images anew
	npm run screenshots -w e2e/browser

fresh: generate web ## fail if a generated file is stale
	@git diff --exit-code --stat -- docs internal/console/assets internal/demo/assets || { echo "generated files are stale: commit what make generate web wrote"; exit 1; }
	@new=$$(git ls-files --others --exclude-standard -- docs internal/console/assets internal/demo/assets); test -z "$$new" || { echo "generated files are not committed: $$new"; exit 1; }

test: setup ## run all tests
	go test ./...
	$(MAKE) --no-print-directory test-web

test-web: setup build ## check the types of the client and the pages, test them in Node and in Chromium
	npm run check
	npm test

race: setup ## run all tests under the race detector
	go test -race ./...

fuzz: ## run every fuzz target for FUZZTIME each
	./scripts/fuzz $(FUZZTIME)

bench: ## guard beside nginx and haproxy, review beside ast-grep and eslint; writes bench/results
	@$(MAKE) --keep-going bench-guard bench-review # a goal that guard misses does not keep review from being measured

bench-guard: bench-setup ## guard's part of bench alone
	go run ./bench -goals

bench-review: ## review's part of bench alone
	go run ./bench/review -goals

bench-setup:
	./scripts/setup nginx haproxy

corpus: ## review on real repositories; writes corpus/RESULTS.md
	go run ./corpus -write

vuln: ## known vulnerabilities in what we depend on (needs the vulnerability database)
	go run $(GOVULNCHECK) ./...
