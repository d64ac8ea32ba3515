// What does an address of a kernel mean, and may it be accessed?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_MEMORY_H
#define SINTER_EMULATOR_PTX_MEMORY_H

#include "Machine.h"

namespace sinter::emulator {

enum class Access : uint8_t { Read, Write, Atomic };

/// For each lane of `mask` the host address of its operand [source[slot] + immediate]. Checks alignment, bounds, races
/// and initialization; stops the kernel with an error otherwise.
void resolve(Warp &warp, const Instruction &instruction, uint32_t mask, unsigned slot, uint32_t bytes, Access access,
             uint8_t *pointers[warpSize]);

/// Lane `lane`'s value of the address operand in `slot`, with its offset.
uint64_t addressOf(Warp &warp, const Instruction &instruction, unsigned slot, unsigned lane);

/// A place in the shared memory of some block of the cluster.
struct SharedPlace {
  Block *block = nullptr;
  uint32_t offset = 0; ///< from `sharedBase`
  uint8_t *pointer() const { return block->shared.data() + offset; }
};

/// Checks bounds and alignment. `address` is a shared::cta, shared::cluster or generic address.
SharedPlace sharedPlace(Warp &warp, unsigned lane, uint64_t address, uint32_t bytes, uint32_t align);

/// Marks and checks an access to shared memory by any actor.
void checkShared(Warp &warp, int lane, const SharedPlace &place, uint32_t bytes, Access access, Epoch epoch,
                 const Knowledge &knowledge);

/// Host address of `bytes` bytes of global memory; stops the kernel when they are not all in one allocated range.
uint8_t *globalPointer(Warp &warp, int lane, uint64_t address, uint32_t bytes, bool writes);
/// Marks and checks an access to global memory for races between blocks that nothing can order.
void checkGlobal(Warp &warp, int lane, uint64_t address, uint32_t bytes, bool writes);
/// The same for races inside of a cluster, whose blocks have barriers; `bytes` lie in one page (they are aligned).
void checkGlobalOrder(Warp &warp, int lane, uint64_t address, uint32_t bytes, bool writes, Epoch epoch);

bool isSharedAddress(uint64_t generic);
bool isLocalAddress(uint64_t generic);

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_MEMORY_H
