// What happens on Ctrl-C? The first one (or SIGTERM) asks: the current step is finished and the state saved. The second
// one ends the program at once.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_INTERRUPT_H
#define SINTER_LIB_RUNTIME_TRAIN_INTERRUPT_H

namespace sinter::train {

/// Exit status of a program that was interrupted.
constexpr int interruptedStatus = 130;

/// Catches SIGINT and SIGTERM while it lives.
class InterruptGuard {
public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard &) = delete;
  InterruptGuard &operator=(const InterruptGuard &) = delete;

  static bool requested();
};

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_INTERRUPT_H
