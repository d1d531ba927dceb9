// Package probe tests a live WebSocket endpoint: which weaknesses of the
// catalogue it shows, which it does not, and which can't be judged from
// outside.
//
// A [Check] shows one weakness, or a few that one experiment tells apart. A
// [Plan] chooses checks and says before the first connection what they may
// cost; its Run carries them out one after another and makes a report. Checks
// work on a [Session], which counts every connection and message, keeps to a
// polite rate, and holds what they have to be compared with: the handshake
// that the endpoint is known to accept.
//
// probe is no load generator and no fuzzer: a check stops at the first answer
// that decides. What may harm (load, memory, changes of state) runs only where
// it is asked for. It does not read source code or configurations of guard;
// what these know of the endpoint is handed in as [Target].
package probe
