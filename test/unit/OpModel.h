// Puts a few lines of `sinter` ops into a model that is trained through them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TEST_UNIT_OPMODEL_H
#define SINTER_TEST_UNIT_OPMODEL_H

#include <string>

/// `body` computes `$r` from `$a`, `$b`, ...; `$T` is the element type of the model.
struct OpCase {
  const char *name;
  /// Types of `$a`, `$b`, ..., separated by "; ". With a batch extent: inputs of the model; integers are made of a
  /// float input times 50, those of i1 of its sign; a "=" in front takes an integer input as it is. Without:
  /// parameters.
  const char *operands;
  /// Type of `$r`.
  const char *result;
  const char *body;
};

/// The body twice: on the operands as they are, and on operands that a trained scalar is added to, so that the gradient
/// passes through. Both results are outputs of the model; the loss is the sum of their squares and that of the
/// scalar (which has an influence on it then, whatever the op).
std::string opModel(const OpCase &op, const std::string &element);

#endif // SINTER_TEST_UNIT_OPMODEL_H
