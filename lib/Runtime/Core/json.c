/* How are the few forms of JSON read that a safetensors header has? See json.h.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "json.h"

#include "file_header.h"

#include <stdio.h>

sinter_status sinter_json_expected(const Json *json, const char *expected) {
  char found[32];
  const unsigned char byte = (unsigned char)json->text[json->at];
  if (json->at >= json->length)
    snprintf(found, sizeof found, "the end of the header");
  else if (byte > 0x20 && byte < 0x7F)
    snprintf(found, sizeof found, "'%c'", byte);
  else
    snprintf(found, sizeof found, "byte 0x%02X", byte);
  return sinter_fail(SINTER_FORMAT, "%s: header, byte %zu: expected %s, found %s", json->path, json->at, expected,
                     found);
}

char sinter_json_peek(Json *json) {
  while (json->at < json->length) {
    const char byte = json->text[json->at];
    if (byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r')
      return byte;
    ++json->at;
  }
  return '\0';
}

sinter_status sinter_json_symbol(Json *json, char symbol) {
  if (sinter_json_peek(json) == symbol) {
    ++json->at;
    return SINTER_OK;
  }
  const char expected[] = {'\'', symbol, '\'', '\0'};
  return sinter_json_expected(json, expected);
}

sinter_status sinter_json_next(Json *json, char close, int *more) {
  const char byte = sinter_json_peek(json);
  *more = byte == ',';
  if (byte == ',' || byte == close) {
    ++json->at;
    return SINTER_OK;
  }
  const char expected[] = {'\'', ',', '\'', ' ', 'o', 'r', ' ', '\'', close, '\'', '\0'};
  return sinter_json_expected(json, expected);
}

void sinter_json_first(Json *json, char close, int *more) {
  *more = sinter_json_peek(json) != close;
  if (!*more)
    ++json->at;
}

static int hexDigit(char digit) {
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  if (digit >= 'a' && digit <= 'f')
    return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F')
    return digit - 'A' + 10;
  return -1;
}

/* Reads the four digits of \uXXXX; -1 if they are not there. */
static long hexCode(Json *json) {
  long code = 0;
  for (int i = 0; i < 4; ++i, ++json->at) {
    const int digit = json->at < json->length ? hexDigit(json->text[json->at]) : -1;
    if (digit < 0)
      return -1;
    code = code * 16 + digit;
  }
  return code;
}

/* Writes a code point as UTF-8; never longer than its escape. */
static char *putUtf8(char *out, long code) {
  if (code < 0x80) {
    *out++ = (char)code;
  } else if (code < 0x800) {
    *out++ = (char)(0xC0 | code >> 6);
    *out++ = (char)(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    *out++ = (char)(0xE0 | code >> 12);
    *out++ = (char)(0x80 | (code >> 6 & 0x3F));
    *out++ = (char)(0x80 | (code & 0x3F));
  } else {
    *out++ = (char)(0xF0 | code >> 18);
    *out++ = (char)(0x80 | (code >> 12 & 0x3F));
    *out++ = (char)(0x80 | (code >> 6 & 0x3F));
    *out++ = (char)(0x80 | (code & 0x3F));
  }
  return out;
}

/* Reads what follows "\u", both halves of a surrogate pair. */
static sinter_status unicodeEscape(Json *json, char **out) {
  long code = hexCode(json);
  if (code < 0)
    return sinter_json_expected(json, "a hexadecimal digit");
  if (code == 0)
    return sinter_fail(SINTER_FORMAT, "%s: header, byte %zu: a string contains a NUL", json->path, json->at);
  if (code >= 0xD800 && code < 0xE000) {
    const int paired = code < 0xDC00 && json->at + 2 <= json->length && json->text[json->at] == '\\' &&
                       json->text[json->at + 1] == 'u';
    json->at += paired ? 2 : 0;
    const long low = paired ? hexCode(json) : -1;
    if (low < 0xDC00 || low >= 0xE000)
      return sinter_fail(SINTER_FORMAT, "%s: header, byte %zu: half of a surrogate pair", json->path, json->at);
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  *out = putUtf8(*out, code);
  return SINTER_OK;
}

/* Reads what follows a backslash. */
static sinter_status escape(Json *json, char **out) {
  static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  const char name = json->at < json->length ? json->text[json->at] : '\0';
  if (name == 'u') {
    ++json->at;
    return unicodeEscape(json, out);
  }
  for (int i = 0; names[i]; ++i)
    if (names[i] == name) {
      ++json->at;
      *(*out)++ = values[i];
      return SINTER_OK;
    }
  return sinter_json_expected(json, "one of \"\\/bfnrtu after a backslash");
}

sinter_status sinter_json_string(Json *json, char **string) {
  if (sinter_json_peek(json) != '"')
    return sinter_json_expected(json, "a string");
  const size_t start = json->at++;
  char *out = json->text + start;
  *string = out;
  for (;;) {
    if (json->at >= json->length || (unsigned char)json->text[json->at] < 0x20)
      return sinter_json_expected(json, "the rest of a string");
    const char byte = json->text[json->at++];
    if (byte == '"')
      break;
    if (byte != '\\') {
      *out++ = byte;
      continue;
    }
    const sinter_status status = escape(json, &out);
    if (status != SINTER_OK)
      return status;
  }
  *out = '\0';
  if (!sinter_is_utf8(*string, (size_t)(out - *string)))
    return sinter_fail(SINTER_FORMAT, "%s: header, byte %zu: a string is not valid UTF-8", json->path, start);
  return SINTER_OK;
}

sinter_status sinter_json_natural(Json *json, uint64_t *number) {
  const char first = sinter_json_peek(json);
  if (first < '0' || first > '9')
    return sinter_json_expected(json, "a non-negative integer");
  const size_t start = json->at;
  uint64_t value = 0;
  while (json->at < json->length && json->text[json->at] >= '0' && json->text[json->at] <= '9') {
    const uint64_t digit = (uint64_t)(json->text[json->at] - '0');
    if (value > ((uint64_t)INT64_MAX - digit) / 10)
      return sinter_fail(SINTER_FORMAT, "%s: header, byte %zu: the integer does not fit into 63 bits", json->path,
                         start);
    value = value * 10 + digit;
    ++json->at;
  }
  if (first == '0' && json->at - start > 1)
    return sinter_fail(SINTER_FORMAT, "%s: header, byte %zu: an integer must not start with 0", json->path, start);
  *number = value;
  return SINTER_OK;
}

/* Length of the UTF-8 sequence at `text`, 0 if it is none. Shortest forms only, no surrogates, up to U+10FFFF. */
static size_t utf8Sequence(const unsigned char *text, size_t length) {
  const unsigned char lead = text[0];
  if (lead < 0x80)
    return 1;
  const size_t bytes = lead >= 0xF0 && lead <= 0xF4 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || bytes > length)
    return 0;
  for (size_t i = 1; i < bytes; ++i)
    if ((text[i] & 0xC0) != 0x80)
      return 0;
  if ((lead == 0xE0 && text[1] < 0xA0) || (lead == 0xED && text[1] > 0x9F) || (lead == 0xF0 && text[1] < 0x90) ||
      (lead == 0xF4 && text[1] > 0x8F))
    return 0;
  return bytes;
}

int sinter_is_utf8(const char *text, size_t length) {
  const unsigned char *bytes = (const unsigned char *)text;
  for (size_t at = 0; at < length;) {
    const size_t sequence = utf8Sequence(bytes + at, length - at);
    if (sequence == 0)
      return 0;
    at += sequence;
  }
  return 1;
}
