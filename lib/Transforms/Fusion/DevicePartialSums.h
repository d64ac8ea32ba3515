// Does it pay on a GPU to begin sums of columns in a kernel of rows?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A kernel of columns of its own reads again, from memory, what the kernel of rows has in registers. If that adds up
// its columns, a block has many rows one after the other, and waits for each of them; and leaves a row of sums, which a
// kernel of columns reads. So parts have to be few enough that sums are little beside what is added up, and so many
// that they fill the GPU:
//
//   apart      matrix / rate
//   together   2 parts * row of sums / rate + what rounds of blocks wait for rows beyond what memory takes anyway
//
// As many parts as blocks are under way at once are often best: no block waits for another, and none is left over.

#ifndef SINTER_LIB_TRANSFORMS_FUSION_DEVICEPARTIALSUMS_H
#define SINTER_LIB_TRANSFORMS_FUSION_DEVICEPARTIALSUMS_H

#include "sinter/Analysis/DeviceInfo.h"

#include <string>

namespace sinter {

/// What is to be added up by one kernel of rows.
struct DeviceSums {
  DeviceRows rows;         ///< of the kernel, with its sums
  int64_t bytesOfSums = 0; ///< a row of all of them
  double bytesRead = 0;    ///< by a kernel of columns of its own
};

/// The rows of a part; or 0, and why there should be no parts.
int64_t deviceRowsPerPart(const DeviceSums &work, std::string &reason);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_FUSION_DEVICEPARTIALSUMS_H
