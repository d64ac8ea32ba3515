/* The whole C API of the runtime core.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_SINTER_H
#define SINTER_RT_SINTER_H

#include "artifact.h"
#include "artifact_loader.h"
#include "ceilings.h"
#include "checkpoint.h"
#include "file.h"
#include "gpu.h"
#include "model.h"
#include "random.h"
#include "safetensors.h"
#include "status.h"
#include "threads.h"

#endif /* SINTER_RT_SINTER_H */
