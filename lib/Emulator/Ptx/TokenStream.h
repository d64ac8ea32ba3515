// How does the parser walk over tokens, and how does it complain?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_TOKENSTREAM_H
#define SINTER_EMULATOR_PTX_TOKENSTREAM_H

#include "Lexer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace sinter::emulator {

class TokenStream {
public:
  explicit TokenStream(std::vector<Token> tokens) : tokens(std::move(tokens)) {}

  const Token &peek(size_t ahead = 0) const {
    return position + ahead < tokens.size() ? tokens[position + ahead] : tokens.back();
  }
  Token next() { return position + 1 < tokens.size() ? tokens[position++] : tokens.back(); }
  bool atEnd() const { return peek().kind == Token::End; }
  bool at(const char *text) const { return peek().text == text && peek().kind != Token::String; }
  bool accept(const char *text);
  void expect(const char *text);
  std::string expectWord(const char *what);
  /// A whole number in any notation, with its sign.
  int64_t expectInteger(const char *what);
  /// Throws "PTX line N: expected WHAT, found TOKEN".
  [[noreturn]] void failExpected(const std::string &what) const;

private:
  std::vector<Token> tokens;
  size_t position = 0;
};

/// Value of the digits of an integer literal (12, 0x1F, 017, 0b11, 3U); false when it is none.
bool integerValue(const std::string &digits, uint64_t &value);

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_TOKENSTREAM_H
