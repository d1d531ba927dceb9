// Stops a parse that takes too long, wherever it is: the build script has clang
// call __sanitizer_cov_trace_pc from every function of the runtime, and from
// every branch of the scanners, which are written by hand and could loop, and of
// the shim.

#include <stdint.h>

#include "sandbox.h"

// check doesn't return if the host wants the run to end.
IMPORT(check) extern void check(void);

enum { INTERVAL = 1 << 12 }; // some steps copy a whole stack, most take nanoseconds

static uint32_t left = INTERVAL;

void __sanitizer_cov_trace_pc(void) {
  if (--left > 0) return;
  left = INTERVAL;
  check();
}
