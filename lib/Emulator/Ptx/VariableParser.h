// How are declarations of variables and parameters read?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_VARIABLEPARSER_H
#define SINTER_EMULATOR_PTX_VARIABLEPARSER_H

#include "Syntax.h"
#include "TokenStream.h"

namespace sinter::emulator {

/// `.shared .align 16 .b8 name[64] = {...}, other;` Throws where no state space begins it.
void parseVariables(TokenStream &tokens, bool isExtern, std::vector<syntax::Variable> &variables);

/// One parameter of a function: `.param .u64 .ptr .align 1 name`, or `.reg .b32 name`.
syntax::Variable parseParameter(TokenStream &tokens);

/// The bits of a number token as an operand; throws where it is none.
syntax::Operand parseNumber(TokenStream &tokens, bool negative);

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_VARIABLEPARSER_H
