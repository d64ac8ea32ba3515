// How does a PTX text become a syntax::Module?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_PARSER_H
#define SINTER_EMULATOR_PTX_PARSER_H

#include "Syntax.h"

namespace sinter::emulator {

/// Throws sinter::emulator::Error with line, what was expected and what was found.
syntax::Module parse(const std::string &text);

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_PARSER_H
