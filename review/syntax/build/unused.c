// What the runtime can print, and the clock it could look at, are never asked
// for. With these in place of libc's, the module imports nothing from WASI: the
// sandbox has no files, clock or streams at all.

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

FILE *const stderr = 0;
FILE *const stdout = 0;

int fprintf(FILE *f, const char *format, ...) { __builtin_trap(); }
int printf(const char *format, ...) { __builtin_trap(); }
int snprintf(char *s, size_t n, const char *format, ...) { __builtin_trap(); }
int vsnprintf(char *s, size_t n, const char *format, va_list arguments) { __builtin_trap(); }
int fputs(const char *s, FILE *f) { __builtin_trap(); }
int fputc(int c, FILE *f) { __builtin_trap(); }
int putc(int c, FILE *f) { __builtin_trap(); }
size_t fwrite(const void *p, size_t size, size_t n, FILE *f) { __builtin_trap(); }
FILE *fdopen(int fd, const char *mode) { __builtin_trap(); }
int fclose(FILE *f) { __builtin_trap(); }
int clock_gettime(clockid_t id, struct timespec *t) { __builtin_trap(); }
