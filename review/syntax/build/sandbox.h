#ifndef SANDBOX_H
#define SANDBOX_H

#define EXPORT(name) __attribute__((export_name(#name)))
#define IMPORT(name) __attribute__((import_module("wswarden"), import_name(#name)))

// forget_memory frees everything that malloc gave.
void forget_memory(void);

#endif
