// How is a function of one lane applied to all 32?
//
// Results are computed for all lanes and stored for those in the mask: loops of fixed length that the host's compiler
// turns into vector code. Functions therefore have to be defined for all operands, also those of lanes that do not
// count.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_LANES_H
#define SINTER_EMULATOR_PTX_LANES_H

#include "Machine.h"

#include <utility>

namespace sinter::emulator {

template <class F, class D, class... S, size_t... i>
static inline void mapLanes(Warp &warp, const Instruction &instruction, uint32_t mask, std::index_sequence<i...>) {
  D result[warpSize];
  auto apply = [&](const S *__restrict... sources) {
    for (unsigned lane = 0; lane < warpSize; ++lane)
      result[lane] = F::apply(sources[lane]...);
  };
  apply(warp.lanes<S>(instruction.source[i])...);
  warp.write(instruction.destination, result, mask);
}

/// Handler: destination = F::apply(source[0], source[1], ...).
template <class F, class D, class... S>
Status map(Warp &warp, const Instruction &instruction, uint32_t mask) {
  mapLanes<F, D, S...>(warp, instruction, mask, std::index_sequence_for<S...>());
  return Status::Next;
}

template <class F, class D, class... S, size_t... i>
static inline void mapLanesWith(Warp &warp, const Instruction &instruction, uint32_t mask, std::index_sequence<i...>) {
  D result[warpSize];
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = F::apply(instruction, warp.lanes<S>(instruction.source[i])[lane]...);
  warp.write(instruction.destination, result, mask);
}

/// The same for functions that look at the instruction: destination = F::apply(instruction, source[0], ...).
template <class F, class D, class... S>
Status mapWith(Warp &warp, const Instruction &instruction, uint32_t mask) {
  mapLanesWith<F, D, S...>(warp, instruction, mask, std::index_sequence_for<S...>());
  return Status::Next;
}

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_LANES_H
