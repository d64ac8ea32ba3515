/* What is kept of a failure? One sentence per thread.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/status.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MESSAGE_BYTES 2048

static _Thread_local char lastMessage[MESSAGE_BYTES];

static const char *const statusNames[] = {
    "ok",           "invalid argument", "input/output error", "malformed file", "truncated file",
    "corrupt file", "mismatch",         "ABI mismatch",       "out of memory",  "not finite",
    "interrupted",  "unsupported",      "step failed"};

const char *sinter_status_name(sinter_status status) {
  const unsigned index = (unsigned)status;
  return index < sizeof statusNames / sizeof *statusNames ? statusNames[index] : "unknown status";
}

const char *sinter_last_error(void) {
  return lastMessage;
}

/* Drops the bytes of a UTF-8 sequence that was cut off at the end. */
static void trimPartialCharacter(char *text, size_t length) {
  size_t start = length;
  while (start > 0 && ((unsigned char)text[start - 1] & 0xC0u) == 0x80u && length - start < 4)
    --start;
  if (start == 0)
    return;
  const unsigned char lead = (unsigned char)text[start - 1];
  const size_t expected = lead >= 0xF0u ? 4 : lead >= 0xE0u ? 3 : lead >= 0xC0u ? 2 : 1;
  if (length - (start - 1) < expected)
    text[start - 1] = '\0';
}

/* Names and values come from files: they must not break a line or steer a terminal. */
static void replaceControlCharacters(char *text) {
  for (; *text; ++text)
    if ((unsigned char)*text < 0x20 || *text == 0x7F)
      *text = '?';
}

sinter_status sinter_fail(sinter_status status, const char *format, ...) {
  char message[MESSAGE_BYTES]; /* apart from lastMessage, which may be among the arguments */
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  if (length < 0)
    snprintf(message, sizeof message, "%s", sinter_status_name(status));
  else if ((size_t)length >= sizeof message)
    trimPartialCharacter(message, sizeof message - 1);
  replaceControlCharacters(message);
  memcpy(lastMessage, message, strlen(message) + 1);
  return status;
}
