// What does the user see while training runs? A bar with rate and time left when standard error is a terminal; lines
// per epoch on standard output in any case.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_PROGRESS_H
#define SINTER_LIB_RUNTIME_TRAIN_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <string>

namespace sinter::train {

class Stopwatch {
public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); }

private:
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

class Progress {
public:
  /// `quiet`: neither bar nor lines.
  explicit Progress(bool quiet);
  ~Progress() { clear(); }

  /// Begins the bar of an epoch: `done` of `total` steps stand already; `left` steps of the run follow.
  void begin(int64_t epoch, int64_t epochs, int64_t done, int64_t total, int64_t left);
  /// After a step: redraws at most every tenth of a second.
  void step(double loss, int64_t rows);
  /// Takes the bar away.
  void clear();
  /// A line on standard output.
  void line(const std::string &text);

private:
  void draw(double loss);

  bool quiet, terminal, drawn = false;
  int64_t epoch = 0, epochs = 0, done = 0, total = 0, left = 0, steps = 0, rowsDone = 0;
  double lastDraw = 0;
  Stopwatch watch;
};

/// "850 ms", "12.3 s", "4 min 05 s", "2 h 10 min"
std::string durationText(double seconds);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_PROGRESS_H
