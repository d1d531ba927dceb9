module example.com/tool

go 1.22

require github.com/gorilla/websocket v1.2.0 // indirect; want `github\.com/gorilla/websocket v1\.2\.0 .*may not be part of the program` high medium-confidence
