// How does the parser walk over tokens? See TokenStream.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TokenStream.h"
#include "sinter/Emulator/Ptx.h"

#include <cerrno>
#include <cstdlib>

namespace sinter::emulator {

bool TokenStream::accept(const char *text) {
  if (!at(text))
    return false;
  next();
  return true;
}

void TokenStream::expect(const char *text) {
  if (!accept(text))
    failExpected(std::string("'") + text + "'");
}

std::string TokenStream::expectWord(const char *what) {
  if (peek().kind != Token::Word)
    failExpected(what);
  return next().text;
}

int64_t TokenStream::expectInteger(const char *what) {
  bool negative = accept("-");
  uint64_t value = 0;
  if (peek().kind != Token::Number || !integerValue(peek().text, value))
    failExpected(what);
  next();
  return static_cast<int64_t>(negative ? uint64_t(0) - value : value);
}

void TokenStream::failExpected(const std::string &what) const {
  std::string found = peek().kind == Token::End ? peek().text : "'" + peek().text + "'";
  throw Error("PTX line " + std::to_string(peek().line) + ": expected " + what + ", found " + found);
}

bool integerValue(const std::string &digits, uint64_t &value) {
  std::string body = digits;
  if (!body.empty() && (body.back() == 'U' || body.back() == 'u'))
    body.pop_back();
  int base = 10;
  if (body.size() > 2 && body[0] == '0' && (body[1] == 'x' || body[1] == 'X'))
    base = 16, body = body.substr(2);
  else if (body.size() > 2 && body[0] == '0' && (body[1] == 'b' || body[1] == 'B'))
    base = 2, body = body.substr(2);
  else if (body.size() > 1 && body[0] == '0')
    base = 8, body = body.substr(1);
  if (body.empty() || body[0] == '-' || body[0] == '+')
    return false;
  char *end = nullptr;
  errno = 0;
  value = strtoull(body.c_str(), &end, base);
  return *end == '\0' && errno == 0;
}

} // namespace sinter::emulator
