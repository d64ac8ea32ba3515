// Where do a model's parameters come from when not from its initializers? From a safetensors file or checkpoint, or
// from a folder with one .npy file per parameter.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_WEIGHTS_H
#define SINTER_LIB_RUNTIME_TRAIN_WEIGHTS_H

#include "RunRecord.h"

#include "sinter-rt/model.h"

#include <string>

namespace sinter::train {

/// Loads the parameters at `path`. In a folder they are called `<parameter>.npy`, or `param.<parameter>.init.npy`
/// (then other files are ignored). Throws an Error for a missing, unknown or mis-shaped one.
void loadParameters(sinter_model *model, const std::string &path);

/// As above, for eval and predict: `record` gets what the trainer wrote, if it did. The checkpoint of a model with
/// another name is refused.
void loadTrained(sinter_model *model, const std::string &path, RunRecord &record);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_WEIGHTS_H
