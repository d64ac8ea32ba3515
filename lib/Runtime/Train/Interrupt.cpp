// What happens on Ctrl-C?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Interrupt.h"

#include <csignal>
#include <unistd.h>

namespace sinter::train {

static volatile std::sig_atomic_t interrupted = 0;

extern "C" {
static void handleInterrupt(int) {
  if (interrupted)
    _exit(interruptedStatus);
  interrupted = 1;
}
}

static void install(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

InterruptGuard::InterruptGuard() {
  interrupted = 0;
  install(handleInterrupt);
}

InterruptGuard::~InterruptGuard() {
  install(SIG_DFL);
}

bool InterruptGuard::requested() {
  return interrupted != 0;
}

} // namespace sinter::train
