// What do atomic accesses and fences order?
//
// A release passes what a warp knows to an address, an acquire takes it from there; relaxed accesses do the same in
// connection with fences, before the write and after the read.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_MEMORYORDER_H
#define SINTER_EMULATOR_PTX_MEMORYORDER_H

#include "Decoder.h"
#include "Machine.h"

namespace sinter::emulator {

/// .weak, .volatile, .relaxed, .acquire, .release, .acq_rel with their scopes.
Order takeOrder(Decoder &decoder, Order otherwise);

/// The state space among the modifiers.
Space takeSpaceOf(Decoder &decoder);

/// Keeps track of the smallest accesses, and of whether blocks may wait for each other.
void noteAccess(Decoder &decoder, Space space, unsigned bytes, Order order);

void orderRead(Warp &warp, const uint8_t *address, Order order);
void orderWrite(Warp &warp, const uint8_t *address, Order order);
void memoryFence(Warp &warp);

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_MEMORYORDER_H
