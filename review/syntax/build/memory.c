// The allocator. A parse allocates millions of small blocks and needs none of
// them afterwards, so that all are forgotten at once, and every parse starts
// from the same memory. Freed blocks are kept in lists by size until then.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox.h"

// out_of_memory doesn't return: the host ends the run.
IMPORT(out_of_memory) extern void out_of_memory(void);

extern unsigned char __heap_base;

enum {
  PAGE = 1 << 16,
  STEP = 16, // blocks up to LARGEST_SMALL are multiples of it
  LARGEST_SMALL = 1024,
  SMALL_LISTS = LARGEST_SMALL / STEP + 1,
  LISTS = SMALL_LISTS + 32, // larger blocks are powers of two
  LEAST_GROWTH = 1 << 20,
};

// A block starts with its size, which includes this; the rest is aligned to 8 bytes.
typedef struct block {
  uint32_t size;
  uint32_t list;
  struct block *next; // only of a free block
} block;

enum { HEADER = 8 };

static block *freed[LISTS];
static uintptr_t top; // everything from here to the end of memory was never used
static uintptr_t end;

void forget_memory(void) {
  memset(freed, 0, sizeof(freed));
  top = ((uintptr_t)&__heap_base + STEP - 1) & -(uintptr_t)STEP;
  end = __builtin_wasm_memory_size(0) * PAGE;
}

static void grow(size_t size) {
  size_t wanted = size > LEAST_GROWTH ? size : LEAST_GROWTH;
  size_t pages = (wanted + PAGE - 1) / PAGE;
  if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) out_of_memory();
  end += pages * PAGE;
}

void *malloc(size_t n) {
  if (n > INT32_MAX) out_of_memory();
  uint32_t size = (n + HEADER + STEP - 1) & -(uint32_t)STEP;
  uint32_t list = size / STEP;
  if (size > LARGEST_SMALL) {
    uint32_t log = 32 - __builtin_clz(size - 1);
    size = (uint32_t)1 << log;
    list = SMALL_LISTS + log;
  }
  block *b = freed[list];
  if (b) {
    freed[list] = b->next;
    return (char *)b + HEADER;
  }
  if (end - top < size) grow(size - (end - top));
  b = (block *)top;
  top += size;
  b->size = size;
  b->list = list;
  return (char *)b + HEADER;
}

void free(void *p) {
  if (!p) return;
  block *b = (block *)((char *)p - HEADER);
  b->next = freed[b->list];
  freed[b->list] = b;
}

void *calloc(size_t count, size_t n) {
  size_t total;
  if (__builtin_mul_overflow(count, n, &total)) out_of_memory();
  return memset(malloc(total), 0, total);
}

void *realloc(void *p, size_t n) {
  if (!p) return malloc(n);
  size_t room = ((block *)((char *)p - HEADER))->size - HEADER;
  if (n <= room) return p;
  void *larger = malloc(n);
  memcpy(larger, p, room);
  free(p);
  return larger;
}
