// What do the asynchronous copies have in common?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_ASYNCCOPY_H
#define SINTER_EMULATOR_PTX_ASYNCCOPY_H

#include "Decoder.h"
#include "Machine.h"

namespace sinter::emulator {

/// While an operation happens later than its instruction, messages name that instruction.
class InPlaceOf {
public:
  InPlaceOf(Warp &warp, uint32_t pc) : warp(warp), saved(warp.currentPc) { warp.currentPc = pc; }
  ~InPlaceOf() { warp.currentPc = saved; }

private:
  Warp &warp;
  uint32_t saved;
};

/// A second address operand: kept in the instruction's list.
void decodeSourceAddress(Decoder &decoder, const syntax::Operand &operand);
uint64_t sourceAddress(Warp &warp, const Instruction &instruction, unsigned lane);

/// What is open becomes the youngest group.
void commitGroup(Warp &warp, AsyncGroups &groups);

/// cp.async.bulk in all its forms; `cp.async.bulk` is taken.
void decodeBulkCopy(Decoder &decoder);

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_ASYNCCOPY_H
