// Which random words belong to a counter? Philox4x32-10 (J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random
// numbers: as easy as 1, 2, 3", SC 2011), written again here so that the interpreter judges the compiled one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_REFERENCE_PHILOX_H
#define SINTER_LIB_REFERENCE_PHILOX_H

#include <array>
#include <cstdint>

namespace sinter::reference {

inline std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t even = uint64_t(0xD2511F53) * counter[0];
    const uint64_t odd = uint64_t(0xCD9E8D57) * counter[2];
    counter = {uint32_t(odd >> 32) ^ counter[1] ^ key[0], uint32_t(odd), uint32_t(even >> 32) ^ counter[3] ^ key[1],
               uint32_t(even)};
    key = {key[0] + 0x9E3779B9u, key[1] + 0xBB67AE85u};
  }
  return counter;
}

/// Word 0 for an element of `sinter.random_bits`; see the op's description.
inline uint32_t randomWord(uint64_t seed, uint64_t step, uint32_t stream, uint64_t element) {
  return philox4x32({uint32_t(element), stream, uint32_t(step), uint32_t(step >> 32)},
                    {uint32_t(seed), uint32_t(seed >> 32)})[0];
}

/// Uniform in [0, 1), from the word's high 24 bits.
inline double uniformFromWord(uint32_t word) {
  return (word >> 8) * 0x1p-24;
}

} // namespace sinter::reference

#endif // SINTER_LIB_REFERENCE_PHILOX_H
