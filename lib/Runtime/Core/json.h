/* How are the few forms of JSON read that a safetensors header has? Objects and arrays are walked by the caller, so
 * that nesting is bounded by the format and there is no recursion.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_CORE_JSON_H
#define SINTER_RT_CORE_JSON_H

#include <sinter-rt/status.h>

#include <stddef.h>
#include <stdint.h>

typedef struct Json {
  char *text; /* ends with a NUL, which is not counted in `length` */
  size_t length;
  size_t at;
  const char *path; /* for messages */
} Json;

/* A failure at the current position: "PATH: header, byte 12: expected <expected>, found <what is there>". */
sinter_status sinter_json_expected(const Json *json, const char *expected);

/* Skips white space and looks at the next byte; '\0' at the end. */
char sinter_json_peek(Json *json);

/* Consumes `symbol`; a failure names it. */
sinter_status sinter_json_symbol(Json *json, char symbol);

/* After a value inside of brackets: consumes "," (and sets `*more`) or `close` (and clears it). */
sinter_status sinter_json_next(Json *json, char close, int *more);

/* After the opening bracket: consumes `close` if the collection is empty, and then clears `*more`. */
void sinter_json_first(Json *json, char close, int *more);

/* Reads a string, decoded in place and ended with a NUL. A NUL inside and bytes that are not UTF-8 are errors. */
sinter_status sinter_json_string(Json *json, char **string);

/* Reads an integer from 0 to INT64_MAX. */
sinter_status sinter_json_natural(Json *json, uint64_t *number);

#endif /* SINTER_RT_CORE_JSON_H */
