// What does the user see while training runs?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Progress.h"
#include "Error.h"

#include <cstdio>
#include <unistd.h>

namespace sinter::train {

std::string durationText(double seconds) {
  if (seconds < 1)
    return fmt::format("{:.0f} ms", seconds * 1e3);
  if (seconds < 60)
    return fmt::format("{:.1f} s", seconds);
  int64_t whole = static_cast<int64_t>(seconds);
  if (whole < 3600)
    return fmt::format("{} min {:02d} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02d} min", whole / 3600, whole / 60 % 60);
}

Progress::Progress(bool quiet) : quiet(quiet), terminal(!quiet && isatty(STDERR_FILENO)) {}

void Progress::begin(int64_t epochNumber, int64_t epochCount, int64_t doneSteps, int64_t totalSteps,
                     int64_t leftSteps) {
  epoch = epochNumber;
  epochs = epochCount;
  done = doneSteps;
  total = totalSteps;
  left = leftSteps;
  steps = rowsDone = 0;
  watch = Stopwatch();
  lastDraw = 0;
}

void Progress::step(double loss, int64_t rows) {
  ++done;
  --left;
  ++steps;
  rowsDone += rows;
  if (terminal && watch.seconds() - lastDraw > 0.1)
    draw(loss);
}

void Progress::draw(double loss) {
  constexpr int width = 24;
  double seconds = watch.seconds();
  int filled = static_cast<int>(width * done / (total > 0 ? total : 1));
  std::string bar =
      std::string(static_cast<size_t>(filled), '#') + std::string(static_cast<size_t>(width - filled), '.');
  std::fprintf(stderr, "\r\x1b[K%s",
               fmt::format("epoch {}/{} [{}] {}/{}  loss {:.5g}  {:.0f} rows/s  {} left", epoch, epochs, bar, done,
                           total, loss, static_cast<double>(rowsDone) / seconds,
                           durationText(seconds / static_cast<double>(steps) * static_cast<double>(left)))
                   .c_str());
  std::fflush(stderr);
  lastDraw = seconds;
  drawn = true;
}

void Progress::clear() {
  if (!drawn)
    return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  drawn = false;
}

void Progress::line(const std::string &text) {
  if (quiet)
    return;
  clear();
  std::fputs((text + "\n").c_str(), stdout);
  std::fflush(stdout);
}

} // namespace sinter::train
