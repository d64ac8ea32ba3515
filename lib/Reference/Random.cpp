// Which random bits does an element get, and which elements does dropout keep?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EvaluationTable.h"
#include "Philox.h"

#include "sinter/Dialect/IR/SinterDialect.h"

using namespace mlir;
using namespace sinter;
using namespace sinter::reference;

static Tensor evaluateRandomBits(RandomBitsOp op, Frame &frame) {
  const uint64_t seed = frame.get(op.getSeed()).integerAt(0), step = frame.get(op.getStep()).integerAt(0);
  Tensor result = frame.zeros(op.getResult());
  for (int64_t e = 0; e < result.size(); ++e)
    result.setInteger(e, randomWord(seed, step, static_cast<uint32_t>(op.getStream()), e));
  return result;
}

static Tensor evaluateDropout(DropoutOp op, Frame &frame) {
  Tensor result = frame.get(op.getInput());
  if (!op.getSeed())
    return result; // without a key: evaluation
  const uint64_t seed = frame.get(op.getSeed()).integerAt(0), step = frame.get(op.getStep()).integerAt(0);
  const double rate = op.getRate().convertToDouble();
  for (int64_t e = 0; e < result.size(); ++e) {
    const double uniform = uniformFromWord(randomWord(seed, step, static_cast<uint32_t>(op.getStream()), e));
    result.set(e, uniform >= rate ? result.at(e) / (1.0 - rate) : 0.0);
  }
  return result;
}

void sinter::reference::addRandom(EvaluationTable &table) {
  table.add<RandomBitsOp>(evaluateRandomBits);
  table.add<DropoutOp>(evaluateDropout);
}
