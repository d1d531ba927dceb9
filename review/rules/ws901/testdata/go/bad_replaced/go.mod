module example.com/chat

go 1.22

require example.com/fork/websocket v1.5.3

replace example.com/fork/websocket => github.com/gorilla/websocket v1.4.1-0.20190629185528-ae1634f6a989 // want `v1\.4\.1-0\.20190629185528-ae1634f6a989 .*CVE-2020-27813` high medium-confidence
