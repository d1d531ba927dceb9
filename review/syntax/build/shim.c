// The interface of grammars.wasm: parse a text, leave its tree behind as one
// flat array, and name the symbols and fields of a grammar. Nothing here
// recurses, so that no input can exhaust the stack.

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <tree_sitter/api.h>

#include "language.h"
#include "subtree.h"
#include "tree.h"

#include "sandbox.h"

// languages.h has a line GRAMMAR(name) for each grammar; the build script writes it.
#define GRAMMAR(name) const TSLanguage *tree_sitter_##name(void);
#include "languages.h"
#undef GRAMMAR

#define GRAMMAR(name) {#name, tree_sitter_##name},
static const struct {
  const char *name;
  const TSLanguage *(*language)(void);
} grammars[] = {
#include "languages.h"
};
#undef GRAMMAR

// A node of the result; in preorder, so that depths alone give the tree.
typedef struct {
  uint32_t start;
  uint32_t end;
  uint32_t depth : 24;
  uint32_t flags : 8;
  uint16_t symbol;
  uint16_t field;
} node;

_Static_assert(sizeof(node) == 16, "the host reads records of 16 bytes");

enum { MISSING = 1, ERROR = 2, HAS_ERROR = 4, EXTRA = 8 };

enum { TOO_MANY_NODES = 1, TOO_DEEP = 2 };

static struct {
  node *nodes;
  uint32_t count;
  uint32_t truncated;
} result;

// frame is a subtree whose children are being visited. The runtime has subtrees
// that are no nodes, such as the parts of a repetition; their children are those
// of the node around them, and get their field if they have none of their own.
typedef struct {
  const Subtree *children;
  const TSSymbol *aliases;
  const TSFieldMapEntry *fields, *fields_end;
  uint32_t count;
  uint32_t index;
  uint32_t structural_index; // counts what isn't extra: aliases and fields go by it
  uint32_t position;
  uint32_t depth; // of the children
  TSFieldId inherited;
} frame;

typedef struct {
  frame *frames;
  uint32_t count;
  uint32_t capacity;
} frames;

static void push(frames *stack, Subtree subtree, const TSLanguage *language, uint32_t start, uint32_t depth, TSFieldId inherited) {
  if (stack->count == stack->capacity) {
    stack->capacity = stack->capacity ? 2 * stack->capacity : 256;
    stack->frames = realloc(stack->frames, stack->capacity * sizeof(frame));
  }
  frame *f = &stack->frames[stack->count++];
  *f = (frame){
    .children = ts_subtree_children(subtree),
    .aliases = ts_language_alias_sequence(language, subtree.ptr->production_id),
    .count = subtree.ptr->child_count,
    .position = start,
    .depth = depth,
    .inherited = inherited,
  };
  ts_language_field_map(language, subtree.ptr->production_id, &f->fields, &f->fields_end);
}

static TSFieldId field_at(const frame *f, uint32_t structural_index) {
  for (const TSFieldMapEntry *entry = f->fields; entry < f->fields_end; entry++) {
    if (!entry->inherited && entry->child_index == structural_index) return entry->field_id;
  }
  return f->inherited;
}

static void add(Subtree subtree, const TSLanguage *language, TSSymbol symbol, uint32_t start, uint32_t depth, TSFieldId field) {
  result.nodes[result.count++] = (node){
    .start = start,
    .end = start + ts_subtree_size(subtree).bytes,
    .depth = depth,
    .flags = (ts_subtree_missing(subtree) ? MISSING : 0) | (ts_subtree_is_error(subtree) ? ERROR : 0) |
             (ts_subtree_error_cost(subtree) > 0 ? HAS_ERROR : 0) | (ts_subtree_extra(subtree) ? EXTRA : 0),
    .symbol = ts_language_public_symbol(language, symbol),
    .field = field,
  };
}

// flatten writes the nodes that a TSTreeCursor would visit, one after the other.
static void flatten(const TSTree *tree, uint32_t max_nodes, uint32_t max_depth) {
  const TSLanguage *language = tree->language;
  Subtree root = tree->root;
  uint32_t capacity = ts_subtree_visible_descendant_count(root) + 1;
  if (capacity > max_nodes) capacity = max_nodes;
  result.nodes = malloc(capacity * sizeof(node));

  uint32_t start = ts_subtree_padding(root).bytes;
  add(root, language, ts_subtree_symbol(root), start, 0, 0);
  frames stack = {0};
  if (ts_subtree_visible_child_count(root) > 0) push(&stack, root, language, start, 1, 0);
  while (stack.count > 0) {
    frame *f = &stack.frames[stack.count - 1];
    if (f->index == f->count) {
      stack.count--;
      continue;
    }
    Subtree child = f->children[f->index];
    // The padding before the first child is that of its parent, and passed already.
    start = f->position + (f->index > 0 ? ts_subtree_padding(child).bytes : 0);
    f->position = start + ts_subtree_size(child).bytes;
    f->index++;

    TSSymbol alias = 0;
    TSFieldId field = 0;
    if (!ts_subtree_extra(child)) {
      if (f->aliases) alias = f->aliases[f->structural_index];
      field = field_at(f, f->structural_index);
      f->structural_index++;
    }
    uint32_t depth = f->depth;
    bool has_children = ts_subtree_visible_child_count(child) > 0;
    if (alias || ts_subtree_visible(child)) {
      if (result.count == capacity) {
        result.truncated |= TOO_MANY_NODES;
        return;
      }
      add(child, language, alias ? alias : ts_subtree_symbol(child), start, depth, field);
      if (has_children && depth == max_depth) {
        result.truncated |= TOO_DEEP;
        continue;
      }
      depth++;
      field = 0;
    }
    if (has_children) push(&stack, child, language, start, depth, field);
  }
}

typedef struct {
  const char *bytes;
  uint32_t length;
} text;

static const char *read_text(void *payload, uint32_t offset, TSPoint point, uint32_t *length) {
  (void)point;
  const text *t = payload;
  *length = offset < t->length ? t->length - offset : 0;
  return *length > 0 ? t->bytes + offset : "";
}

// prepare forgets what was parsed before and returns room for a text.
EXPORT(prepare) char *x_prepare(uint32_t length) {
  forget_memory();
  result.nodes = NULL;
  result.count = 0;
  result.truncated = 0;
  return malloc(length);
}

// parse reads the text that is at the address which prepare gave, and returns
// the address of the result. Nothing is freed: prepare does it at once.
EXPORT(parse) void *x_parse(uint32_t language, const char *bytes, uint32_t length, uint32_t max_nodes, uint32_t max_depth) {
  TSParser *parser = ts_parser_new();
  if (!ts_parser_set_language(parser, grammars[language].language())) __builtin_trap();
  text source = {bytes, length};
  TSTree *tree = ts_parser_parse(parser, NULL, (TSInput){&source, read_text, TSInputEncodingUTF8, NULL});
  if (!tree) __builtin_trap();
  flatten(tree, max_nodes, max_depth);
  return &result;
}

EXPORT(language_count) uint32_t x_language_count(void) { return sizeof(grammars) / sizeof(*grammars); }

EXPORT(language_name) const char *x_language_name(uint32_t language) { return grammars[language].name; }

EXPORT(symbol_count) uint32_t x_symbol_count(uint32_t language) {
  return ts_language_symbol_count(grammars[language].language());
}

EXPORT(symbol_name) const char *x_symbol_name(uint32_t language, uint32_t symbol) {
  return ts_language_symbol_name(grammars[language].language(), symbol);
}

enum { HIDDEN = 0, TOKEN = 1, NAMED = 2 };

EXPORT(symbol_class) uint32_t x_symbol_class(uint32_t language, uint32_t symbol) {
  switch (ts_language_symbol_type(grammars[language].language(), symbol)) {
    case TSSymbolTypeRegular: return NAMED;
    case TSSymbolTypeAnonymous: return TOKEN;
    default: return HIDDEN;
  }
}

// public_symbol returns the one of several symbols with a name that nodes have.
EXPORT(public_symbol) uint32_t x_public_symbol(uint32_t language, uint32_t symbol) {
  return ts_language_public_symbol(grammars[language].language(), symbol);
}

EXPORT(field_count) uint32_t x_field_count(uint32_t language) {
  return ts_language_field_count(grammars[language].language());
}

EXPORT(field_name) const char *x_field_name(uint32_t language, uint32_t field) {
  return ts_language_field_name_for_id(grammars[language].language(), field);
}
