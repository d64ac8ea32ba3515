// Which bytes of the scratch block does each buffer get?
//
// Dynamic storage allocation is NP-hard; greedy by size is within a few percent of the bound on training steps, whose
// large buffers (activations kept for the backward pass) nest like brackets.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "BestFit.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

namespace sinter {

static bool overlapInTime(const LiveRange &a, const LiveRange &b) {
  return a.first <= b.last && b.first <= a.last;
}

/// The start of the smallest gap of at least `bytes` between `taken`, which is sorted by offset; else the end.
static int64_t findGap(llvm::ArrayRef<LiveRange *> taken, int64_t bytes, int64_t alignment) {
  int64_t end = 0, best = -1, bestGap = INT64_MAX;
  for (const LiveRange *range : taken) {
    int64_t gap = range->offset - end;
    if (gap >= bytes && gap < bestGap) {
      best = end;
      bestGap = gap;
    }
    end = std::max<int64_t>(end, llvm::alignTo(range->offset + range->bytes, alignment));
  }
  return best >= 0 ? best : end;
}

int64_t placeByBestFit(llvm::MutableArrayRef<LiveRange> ranges, int64_t alignment) {
  llvm::SmallVector<LiveRange *> order;
  for (LiveRange &range : ranges)
    order.push_back(&range);
  llvm::sort(order,
             [](LiveRange *a, LiveRange *b) { return std::make_pair(-a->bytes, a) < std::make_pair(-b->bytes, b); });

  int64_t total = 0;
  for (size_t i = 0; i != order.size(); ++i) {
    llvm::SmallVector<LiveRange *> taken;
    for (LiveRange *other : llvm::ArrayRef(order).take_front(i))
      if (overlapInTime(*other, *order[i]))
        taken.push_back(other);
    llvm::sort(taken,
               [](LiveRange *a, LiveRange *b) { return std::make_pair(a->offset, a) < std::make_pair(b->offset, b); });
    order[i]->offset = findGap(taken, order[i]->bytes, alignment);
    total = std::max<int64_t>(total, llvm::alignTo(order[i]->offset + order[i]->bytes, alignment));
  }
  return total;
}

int64_t largestLiveSum(llvm::ArrayRef<LiveRange> ranges, int64_t alignment) {
  int64_t largest = 0;
  for (const LiveRange &at : ranges) {
    int64_t sum = 0;
    for (const LiveRange &range : ranges)
      if (range.first <= at.first && at.first <= range.last)
        sum += llvm::alignTo(range.bytes, alignment);
    largest = std::max(largest, sum);
  }
  return largest;
}

} // namespace sinter
