// What the tests over small models, one per op, share: a comparison with the reference interpreter, names.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TEST_UNIT_EVERYOP_H
#define SINTER_TEST_UNIT_EVERYOP_H

#include "CompiledText.h"
#include "OpModel.h"

#include <gtest/gtest.h>

#include <ostream>

inline void PrintTo(const OpCase &op, std::ostream *out) {
  *out << op.body;
}

/// Compiles the op's model with this element type, and compares every step function.
inline void expectAsReference(const OpCase &op, const char *element) {
  const std::string text = opModel(op, element);
  sinter::CompilationOptions options;
  options.batch = 13;
  options.keepGradients = true;
  EXPECT_EQ(compareCompiled(text, options), "") << text;
}

inline std::string caseName(const testing::TestParamInfo<OpCase> &info) {
  return info.param.name;
}

#endif // SINTER_TEST_UNIT_EVERYOP_H
