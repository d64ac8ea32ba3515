// How is the body of a PTX function read?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_STATEMENTPARSER_H
#define SINTER_EMULATOR_PTX_STATEMENTPARSER_H

#include "Syntax.h"
#include "TokenStream.h"

namespace sinter::emulator {

/// `{ ... }`: fills registers, variables, scopes and statements of `function`.
void parseBody(TokenStream &tokens, syntax::Function &function);

/// An instruction as text, for messages: `@%p1 ld.global.b32 %r1, [%rd1+4]`.
std::string spell(const syntax::Statement &statement, const syntax::Function &function);

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_STATEMENTPARSER_H
