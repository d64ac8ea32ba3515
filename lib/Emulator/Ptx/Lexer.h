// Which tokens is a PTX text made of?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_LEXER_H
#define SINTER_EMULATOR_PTX_LEXER_H

#include <string>
#include <vector>

namespace sinter::emulator {

struct Token {
  enum Kind {
    Word,        ///< names, opcodes with their modifiers, directives: %r1, ld.global.b32, .reg, $L__BB0_1
    Number,      ///< digits as they stand: 12, 0x1F, 0f3F800000, 1.5e-3
    String,      ///< without its quotes
    Punctuation, ///< one character
    ImplicitDef, ///< a register that LLVM declares undefined on purpose, in a comment
    End
  };
  Kind kind;
  std::string text;
  int line;
};

/// All tokens of `text`, the last one `End`. Throws sinter::emulator::Error at what cannot start a token.
std::vector<Token> tokenize(const std::string &text);

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_LEXER_H
