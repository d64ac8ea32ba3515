// How is the host made to round in another direction? This file is compiled with -frounding-math.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Floats.h"

#include <cfenv>

namespace sinter::emulator {

namespace {
class HostRounding {
public:
  explicit HostRounding(Rounding rounding) {
    static const int modes[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD, FE_TONEAREST};
    fesetround(modes[static_cast<unsigned>(rounding)]);
  }
  ~HostRounding() { fesetround(FE_TONEAREST); }
};
} // namespace

// Results go through volatile variables, so that no operation moves out of the region in which the mode holds.

template <class T>
T addRounded(T a, T b, Rounding rounding) {
  HostRounding host(rounding);
  volatile T x = a, y = b, sum = x + y;
  return sum;
}

template <class T>
T mulRounded(T a, T b, Rounding rounding) {
  HostRounding host(rounding);
  volatile T x = a, y = b, product = x * y;
  return product;
}

template <class T>
T divRounded(T a, T b, Rounding rounding) {
  HostRounding host(rounding);
  volatile T x = a, y = b, quotient = x / y;
  return quotient;
}

template <class T>
T fmaRounded(T a, T b, T c, Rounding rounding) {
  HostRounding host(rounding);
  volatile T x = a, y = b, z = c, result = std::fma(T(x), T(y), T(z));
  return result;
}

template <class T>
T sqrtRounded(T a, Rounding rounding) {
  HostRounding host(rounding);
  volatile T x = a, root = std::sqrt(T(x));
  return root;
}

template <class T, class I>
T fromInteger(I value, Rounding rounding) {
  HostRounding host(rounding);
  volatile I x = value;
  volatile T result = static_cast<T>(x);
  return result;
}

#define INSTANTIATE(T)                                                                                                 \
  template T addRounded(T, T, Rounding);                                                                               \
  template T mulRounded(T, T, Rounding);                                                                               \
  template T divRounded(T, T, Rounding);                                                                               \
  template T fmaRounded(T, T, T, Rounding);                                                                            \
  template T sqrtRounded(T, Rounding);                                                                                 \
  template T fromInteger(int64_t, Rounding);                                                                           \
  template T fromInteger(uint64_t, Rounding);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

} // namespace sinter::emulator
