module example.com/chat

go 1.22

require (
	github.com/google/uuid v1.6.0
	github.com/gorilla/websocket v1.4.0 // want `github\.com/gorilla/websocket v1\.4\.0 is pinned, which has CVE-2020-27813 \(high\).*v1\.4\.1 has the fix` high high-confidence
)
